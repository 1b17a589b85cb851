internal import Glibc

/// Where a runtime answers: `http://HOST:PORT` with a numeric IPv4 address, an IPv6 address in brackets, or
/// `localhost`.
///
/// Names are not resolved: a runtime is local to its starter, and resolving blocks. `localhost` means both loopback
/// addresses (RFC 6761 §6.3). Scheme and host are case-insensitive (RFC 3986 §6.2.2.1).
struct ProbeEndpoint: Hashable, Sendable {
    /// A numeric address: four bytes, or sixteen, in the order in which they are written.
    struct Address: Hashable, Sendable {
        let bytes: [UInt8]

        static let loopback4 = Address(bytes: [127, 0, 0, 1])
        static let loopback6 = Address(bytes: [UInt8](repeating: 0, count: 15) + [1])

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// Reads the text of an address of one family; `nil` if it is not one.
        init?(_ text: some StringProtocol, isVersion6: Bool) {
            var bytes = [UInt8](repeating: 0, count: isVersion6 ? 16 : 4)
            guard inet_pton(isVersion6 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else { return nil }
            self.bytes = bytes
        }

        var isVersion6: Bool { self.bytes.count == 16 }
    }

    /// The addresses to ask; the first answer counts.
    let addresses: [Address]
    let port: UInt16
    /// Host and port as they were given, for the `Host` field.
    let authority: String

    /// Reads an endpoint.
    ///
    /// - Throws: ``LifecycleError`` with `invalidArgument` and the reason.
    init(_ text: String) throws(LifecycleError) {
        do throws(Refusal) { self = try Self.parse(text) } catch {
            throw LifecycleError(
                .invalidArgument,
                "\(text.debugDescription) can't be asked: \(error.reason). Use http://ADDRESS:PORT with an IPv4 address, "
                    + "an IPv6 address in brackets, or localhost."
            )
        }
    }

    /// Why a text is not an endpoint that can be asked.
    struct Refusal: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private init(addresses: [Address], port: UInt16, authority: String) {
        (self.addresses, self.port, self.authority) = (addresses, port, authority)
    }

    /// Reads an endpoint, or says what is wrong with it.
    static func parse(_ text: String) throws(Refusal) -> Self {
        guard let slashes = text.firstRange(of: "://") else { throw Refusal("it has no scheme") }
        let scheme = text[..<slashes.lowerBound].lowercased()
        guard scheme == "http" else {
            throw Refusal(
                scheme == "https" ? "its scheme is https, and TLS is not supported here" : "its scheme is not http"
            )
        }
        let authority = text[slashes.upperBound...].prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw Refusal("it has user information") }
        let (host, port) = try self.split(authority)
        return Self(addresses: try self.addresses(of: host), port: port, authority: String(authority))
    }

    /// The host, with the brackets of an IPv6 address, and the port.
    private static func split(_ authority: Substring) throws(Refusal) -> (Substring, UInt16) {
        let hostEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
        guard let hostEnd else { throw Refusal("its bracket is not closed") }
        guard let colon = authority[hostEnd...].firstIndex(of: ":") else { throw Refusal("it has no port") }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits), port > 0
        else {
            throw Refusal("its port is not a number from 1 to 65535")
        }
        return (authority[..<colon], port)
    }

    private static func addresses(of host: Substring) throws(Refusal) -> [Address] {
        if host.lowercased() == "localhost" { return [.loopback4, .loopback6] }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), let address = Address(host.dropFirst().dropLast(), isVersion6: true) else {
                throw Refusal("what is in brackets is not an IPv6 address")
            }
            return [address]
        }
        guard let address = Address(host, isVersion6: false) else {
            throw Refusal("its host is neither an address nor localhost, and names are not resolved")
        }
        return [address]
    }
}

internal import Glibc

/// Where a runtime answers: `http://HOST:PORT` with a numeric IPv4 address, an IPv6 address in brackets, or
/// `localhost`.
///
/// Names are not resolved: a runtime is local to its starter, and resolving blocks. `localhost` means both loopback
/// addresses (RFC 6761 §6.3). Scheme and host are case-insensitive (RFC 3986 §6.2.2.1).
struct ProbeEndpoint: Hashable, Sendable {
    /// The URLs to ask, of the same port; the first answer counts.
    let urls: [String]

    /// Why a text is not an endpoint that can be asked.
    struct Refusal: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
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
        return Self(urls: try self.hosts(of: host).map { "http://\($0):\(port)" })
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

    /// The addresses that a host means, as they are written in a URL.
    private static func hosts(of host: Substring) throws(Refusal) -> [String] {
        if host.lowercased() == "localhost" { return ["127.0.0.1", "[::1]"] }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), self.isAddress(host.dropFirst().dropLast(), of: AF_INET6) else {
                throw Refusal("what is in brackets is not an IPv6 address")
            }
            return [String(host)]
        }
        guard self.isAddress(host, of: AF_INET) else {
            throw Refusal("its host is neither an address nor localhost, and names are not resolved")
        }
        return [String(host)]
    }

    private static func isAddress(_ text: Substring, of family: Int32) -> Bool {
        // Large enough for both families. What follows a zero byte would not be looked at.
        var bytes = [UInt8](repeating: 0, count: 16)
        return !text.utf8.contains(0) && inet_pton(family, String(text), &bytes) == 1
    }
}

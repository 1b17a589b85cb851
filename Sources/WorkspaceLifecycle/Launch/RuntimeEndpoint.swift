/// Where a runtime answers: `http://HOST:PORT` with a numeric IPv4 address or `localhost`.
///
/// Names are not resolved: a runtime is local to its starter, and resolving blocks.
struct RuntimeEndpoint: Hashable, Sendable {
    /// The IPv4 address, in the order it is written.
    let address: [UInt8]
    let port: UInt16

    init(_ text: String) throws(LifecycleError) {
        guard let parsed = Self.parse(text) else {
            throw LifecycleError(
                .invalidArgument,
                "\(text.debugDescription) is not an endpoint: use http://ADDRESS:PORT with an IPv4 address or localhost."
            )
        }
        self = parsed
    }

    private init(address: [UInt8], port: UInt16) { (self.address, self.port) = (address, port) }

    private static func parse(_ text: String) -> Self? {
        guard text.hasPrefix("http://") else { return nil }
        let authority = text.dropFirst("http://".count).prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { return nil }
        let host = parts[0] == "localhost" ? "127.0.0.1" : parts[0]
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        return numbers.count == 4 ? Self(address: numbers, port: port) : nil
    }
}

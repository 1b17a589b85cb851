import WebSocketTransport

/// The hosts to connect to without a proxy, as `NO_PROXY` lists them.
///
/// Entries are separated by commas or spaces. An entry is `*` for all hosts, a name, an address, or a network such as
/// `10.0.0.0/8`. A name or an address may have a port. A name also matches its subdomains: `example.com` matches
/// `www.example.com`, but not `notexample.com`. A dot or `*.` at its start changes nothing. Other entries match
/// nothing.
struct NoProxyList: Sendable {
    private enum Host: Sendable {
        case all
        /// In lower case, without dots at the start or the end.
        case name(String)
        /// An address of which only the first `bits` bits count.
        case network(IPAddress, bits: Int)
    }

    private struct Entry: Sendable {
        var host: Host
        var port: Int?
    }

    private let entries: [Entry]

    init(_ text: String) {
        let parts = text.split { $0 == "," || $0.isWhitespace }
        self.entries = parts.compactMap { Self.entry(String($0)) }
    }

    /// Whether to connect to a host without a proxy.
    ///
    /// - Parameters:
    ///   - host: A name, or an address without brackets.
    ///   - port: The port.
    /// - Returns: True if an entry matches.
    func contains(host: String, port: Int) -> Bool {
        let address = IPAddress(host)
        let name = Self.trimmed(host)
        return self.entries.contains { entry in
            guard entry.port == nil || entry.port == port else { return false }
            switch entry.host {
            case .all: return true
            case .name(let suffix): return address == nil && (name == suffix || name.hasSuffix(".\(suffix)"))
            case .network(let network, let bits): return address.map { Self.isIn(network, bits, $0) } ?? false
            }
        }
    }

    private static func entry(_ text: String) -> Entry? {
        if text == "*" { return Entry(host: .all) }
        // Do this before looking for a port, because an address without brackets has colons, too.
        if let network = self.network(text) { return Entry(host: network) }
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        let colon = text[bracket...].firstIndex(of: ":") ?? text.endIndex
        let host = String(text[..<colon])
        var port: Int?
        if colon != text.endIndex {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
        }
        if let network = self.network(host) { return Entry(host: network, port: port) }
        let name = self.trimmed(host.hasPrefix("*.") ? String(host.dropFirst(2)) : host)
        return name.isEmpty || name.contains("*") || name.contains("/") ? nil : Entry(host: .name(name), port: port)
    }

    /// Reads an address, or a network (RFC 4632).
    private static func network(_ text: String) -> Host? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var literal = String(parts[0])
        if literal.hasPrefix("["), literal.hasSuffix("]") { literal = String(literal.dropFirst().dropLast()) }
        guard let address = IPAddress(literal) else { return nil }
        let all = address.bytes.count * 8
        guard parts.count == 2 else { return .network(address, bits: all) }
        guard let bits = Int(parts[1]), (0...all).contains(bits), parts[1].utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
        else {
            return nil
        }
        return .network(address, bits: bits)
    }

    private static func isIn(_ network: IPAddress, _ bits: Int, _ address: IPAddress) -> Bool {
        guard network.bytes.count == address.bytes.count else { return false }
        return zip(network.bytes, address.bytes).enumerated().allSatisfy { index, pair in
            let significant = min(8, max(0, bits - index * 8))
            return (pair.0 ^ pair.1) >> UInt8(8 - significant) == 0
        }
    }

    private static func trimmed(_ host: String) -> String {
        var name = host.lowercased()[...]
        while name.hasPrefix(".") { name = name.dropFirst() }
        return String(name.hasSuffix(".") ? name.dropLast() : name)
    }
}

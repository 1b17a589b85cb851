/// The server that a client wants to reach, and the check of a certificate for it (RFC 9525 §6).
///
/// Only subject alternative names are used, as the RFC says: a common name that looks like a host is ignored.
enum ServerIdentity: Equatable {
    /// A host, in lower case and without a dot at its end.
    case host(String)
    /// An address, if the caller gave an address.
    case address(IPAddress)

    /// - Parameter text: A name, or an address without brackets.
    init(_ text: String) {
        if let address = IPAddress(text) {
            self = .address(address)
        } else {
            let name = text.lowercased()
            self = .host(name.hasSuffix(".") ? String(name.dropLast()) : name)
        }
    }

    /// The server name for TLS (RFC 6066 §3); an address is not sent.
    var serverName: String? {
        if case .host(let name) = self { name } else { nil }
    }

    func isNamed(by names: CertificateNames) -> Bool {
        switch self {
        // An address is never a proof for a name: an attacker who controls the resolver could return any address.
        case .host(let name): names.hosts.contains { Self.matches(name, pattern: $0) }
        case .address(let address): names.addresses.contains(address)
        }
    }

    /// RFC 9525 §6.3: `*` stands for exactly one label, and only if it is the whole left-most label.
    private static func matches(_ name: String, pattern: String) -> Bool {
        guard pattern.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        var pattern = pattern.lowercased()
        if pattern.hasSuffix(".") { pattern.removeLast() }
        guard pattern.hasPrefix("*.") else { return !pattern.contains("*") && pattern == name }
        let rest = pattern.dropFirst()
        // `*.com` would match the hosts of everybody.
        guard !rest.contains("*"), rest.dropFirst().contains("."), let dot = name.firstIndex(of: ".") else {
            return false
        }
        return dot != name.startIndex && name[dot...] == rest
    }
}

extension ServerIdentity: CustomStringConvertible {
    var description: String {
        switch self {
        case .host(let name): name
        case .address(let address): address.description
        }
    }
}

/// The parameters of permessage-deflate (RFC 7692 §7.1), in an offer or an answer, as the peer writes and reads them.
struct DeflateTerms: Sendable, Hashable {
    /// A field that RFC 7692 does not allow.
    struct Invalid: Error { var message: String }

    static let name = "permessage-deflate"

    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverWindowBits: Int?
    var clientWindowBits: Int?
    /// In an offer: the server may choose the number of bits.
    var allowsClientWindowBits = false

    /// The text of an extension field.
    var text: String {
        var parts = [Self.name]
        if self.serverNoContextTakeover { parts.append("server_no_context_takeover") }
        if self.clientNoContextTakeover { parts.append("client_no_context_takeover") }
        if let bits = self.serverWindowBits { parts.append("server_max_window_bits=\(bits)") }
        if let bits = self.clientWindowBits {
            parts.append("client_max_window_bits=\(bits)")
        } else if self.allowsClientWindowBits {
            parts.append("client_max_window_bits")
        }
        return parts.joined(separator: "; ")
    }

    /// Reads one element of an extension field, strictly.
    ///
    /// - Parameter text: For instance `permessage-deflate; server_max_window_bits=9`.
    /// - Throws: `Invalid` for another extension, an unknown or repeated parameter, or a wrong value.
    static func parse(_ text: some StringProtocol) throws -> Self {
        let parts: [String] = text.split(separator: ";").map { part in String(part).filter { $0 != " " } }
        guard parts.first == Self.name else { throw Invalid(message: "\(text) is not \(Self.name)") }
        var terms = Self()
        var seen: Set<String> = []
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard seen.insert(pair[0]).inserted else { throw Invalid(message: "\(pair[0]) comes twice") }
            try terms.take(pair[0], pair.count == 2 ? pair[1] : nil)
        }
        return terms
    }

    private mutating func take(_ name: String, _ value: String?) throws {
        let bits = value.flatMap(Int.init).flatMap { (8...15).contains($0) ? $0 : nil }
        switch (name, value) {
        case ("server_no_context_takeover", nil): self.serverNoContextTakeover = true
        case ("client_no_context_takeover", nil): self.clientNoContextTakeover = true
        case ("client_max_window_bits", nil): self.allowsClientWindowBits = true
        case ("server_max_window_bits", _) where bits != nil: self.serverWindowBits = bits
        case ("client_max_window_bits", _) where bits != nil:
            (self.clientWindowBits, self.allowsClientWindowBits) = (bits, true)
        default: throw Invalid(message: "\(name) with \(value ?? "no value")")
        }
    }
}

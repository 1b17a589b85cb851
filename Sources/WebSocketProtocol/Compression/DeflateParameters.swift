/// The four parameters of permessage-deflate in one offer or one response (RFC 7692 §7.1).
package struct DeflateParameters: Sendable, Hashable {
    /// The name of the extension.
    package static let extensionName = "permessage-deflate"

    /// `client_max_window_bits`, the one parameter that an offer may have without a value.
    package enum ClientWindow: Sendable, Hashable {
        /// The parameter is absent.
        case absent
        /// An offer lets the server choose.
        case anySize
        /// At most this many bits, 8 to 15.
        case limited(Int)
    }

    /// The server compresses each message by itself (§7.1.1.1).
    package var serverNoContextTakeover = false
    /// The client compresses each message by itself (§7.1.1.2).
    package var clientNoContextTakeover = false
    /// The server's window as a power of two, 8 to 15, or nil (§7.1.2.1).
    package var serverMaxWindowBits: Int?
    /// The client's window (§7.1.2.2).
    package var clientMaxWindowBits = ClientWindow.absent

    /// Creates an empty set of parameters.
    package init() {}

    private enum Name: String {
        case serverNoContextTakeover = "server_no_context_takeover"
        case clientNoContextTakeover = "client_no_context_takeover"
        case serverMaxWindowBits = "server_max_window_bits"
        case clientMaxWindowBits = "client_max_window_bits"
    }

    /// Reads the parameters of one offer, or of a response.
    ///
    /// - Parameters:
    ///   - element: The parsed extension, without quotes.
    ///   - sender: The role that sent it; only a client's `client_max_window_bits` may lack a value.
    /// - Throws: ``HandshakeError/Code/invalidExtension`` for an unknown or repeated parameter, and for a value that is
    ///   missing, superfluous or out of range.
    package init(parsing element: ExtensionHeader.Element, from sender: Role) throws(HandshakeError) {
        var seen: Set<String> = []
        for parameter in element.parameters {
            guard let name = Name(rawValue: parameter.name) else {
                throw Self.invalid("has the unknown parameter \(Excerpt(parameter.name))")
            }
            guard seen.insert(parameter.name).inserted else {
                throw Self.invalid("has \(parameter.name) twice")
            }
            try self.set(name, parameter.value, from: sender)
        }
    }

    private mutating func set(_ name: Name, _ value: String?, from sender: Role) throws(HandshakeError) {
        switch name {
        case .serverNoContextTakeover:
            try Self.checkNoValue(name, value)
            self.serverNoContextTakeover = true
        case .clientNoContextTakeover:
            try Self.checkNoValue(name, value)
            self.clientNoContextTakeover = true
        case .serverMaxWindowBits:
            self.serverMaxWindowBits = try Self.windowBits(name, value)
        case .clientMaxWindowBits:
            let mayChoose = value == nil && sender == .client
            self.clientMaxWindowBits = mayChoose ? .anySize : .limited(try Self.windowBits(name, value))
        }
    }

    private static func checkNoValue(_ name: Name, _ value: String?) throws(HandshakeError) {
        guard let value else { return }
        throw self.invalid("has a value for \(name.rawValue), \(Excerpt(value))")
    }

    /// A decimal number without leading zeros.
    private static func windowBits(_ name: Name, _ value: String?) throws(HandshakeError) -> Int {
        guard let value else { throw self.invalid("has no value for \(name.rawValue)") }
        // Only the eight texts "8" to "15" are accepted.
        guard let bits = (8...15).first(where: { HTTPCharacter.equal(value, String($0)) }) else {
            throw self.invalid("needs 8 to 15 for \(name.rawValue), got \(Excerpt(value))")
        }
        return bits
    }

    private static func invalid(_ what: String) -> HandshakeError {
        HandshakeError(.invalidExtension, "\(Self.extensionName) \(what).")
    }

    /// The extension to write into a header.
    package var element: ExtensionHeader.Element {
        var parameters: [ExtensionHeader.Parameter] = []
        func add(_ name: Name, _ value: Int? = nil) {
            parameters.append(.init(name: name.rawValue, value: value.map(String.init)))
        }
        if self.serverNoContextTakeover { add(.serverNoContextTakeover) }
        if self.clientNoContextTakeover { add(.clientNoContextTakeover) }
        if let bits = self.serverMaxWindowBits { add(.serverMaxWindowBits, bits) }
        switch self.clientMaxWindowBits {
        case .absent: break
        case .anySize: add(.clientMaxWindowBits)
        case .limited(let bits): add(.clientMaxWindowBits, bits)
        }
        return ExtensionHeader.Element(name: Self.extensionName, parameters: parameters)
    }
}

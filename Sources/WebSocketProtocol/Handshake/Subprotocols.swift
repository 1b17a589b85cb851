/// The rules for `Sec-WebSocket-Protocol` (RFC 6455 §4.1, §11.3.4).
enum Subprotocols {
    static let fieldName = "Sec-WebSocket-Protocol"

    /// Checks that all names are tokens and that no name occurs twice; names are compared with case.
    static func validate(_ names: [String], orThrow code: HandshakeError.Code) throws(HandshakeError) {
        var seen: Set<String> = []
        for name in names {
            guard HTTPCharacter.isToken(name) else {
                throw HandshakeError(code, "The subprotocol \(Excerpt(name)) is not an RFC 9110 token.")
            }
            guard seen.insert(name).inserted else {
                throw HandshakeError(code, "The subprotocol \(name) occurs twice.")
            }
        }
    }

    /// The subprotocols that a client offers, in its order, from all fields with this name.
    static func offered(in fields: HTTPFields) throws(HandshakeError) -> [String] {
        let names = fields.listElements(for: self.fieldName)
        guard !names.isEmpty || !fields.contains(self.fieldName) else {
            throw HandshakeError(.invalidSubprotocol, "\(self.fieldName) names no subprotocol.")
        }
        try self.validate(names, orThrow: .invalidSubprotocol)
        return names
    }

    /// The subprotocol that a server selected, or nil if there is none.
    static func selected(in fields: HTTPFields, offered: [String]) throws(HandshakeError) -> String? {
        guard let name = try fields.singleValue(for: self.fieldName, orThrow: .invalidSubprotocol) else { return nil }
        guard offered.contains(where: { HTTPCharacter.equal($0, name) }) else {
            throw HandshakeError(
                .invalidSubprotocol,
                "The server selected the subprotocol \(Excerpt(name)), which was not offered."
            )
        }
        return name
    }
}

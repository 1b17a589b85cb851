import WebSocketProtocol

/// agentctl's checks of a request: first the token, then the instance id.
struct AgentAuthorization: Sendable {
    var token: String?
    var instanceID: String?

    /// The body of the answer to a client that expects another instance.
    private struct RecycledPort: Encodable {
        var error = "instance no longer exists at this port"
        var expected_id: String
        var got_id: String
        var port_reuse_hint = "the port was given to another instance; ask the control server for the current one"
        var recycled_port = true
    }

    /// Why a request is refused; nil if it is allowed.
    func refusal(of request: HTTPRequestHead) -> HTTPAnswer? {
        self.tokenRefusal(request.fields.first("Authorization")) ?? self.instanceRefusal(request.fields)
    }

    private func tokenRefusal(_ field: String?) -> HTTPAnswer? {
        guard let token = self.token, !token.isEmpty else { return nil }
        guard let field, field.hasPrefix("Bearer ") else {
            return .error(401, "missing or invalid Authorization header")
        }
        guard Self.areEqual(field.dropFirst("Bearer ".count).utf8, token.utf8) else {
            return .error(401, "invalid auth token")
        }
        return nil
    }

    private func instanceRefusal(_ fields: HTTPFields) -> HTTPAnswer? {
        guard let expected = self.instanceID, !expected.isEmpty else { return nil }
        // The parser has trimmed the value. A client that names no instance is allowed.
        guard let got = fields.first("X-Instance-ID"), !got.isEmpty, got != expected else { return nil }
        return .json(404, RecycledPort(expected_id: expected, got_id: got))
    }

    /// Compares in the same time for all tokens of one length, wherever they differ.
    private static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

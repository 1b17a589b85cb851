import WebSocketProtocol
import WorkspaceProtocol

/// agentctl's checks of a request: first the token, then the instance id.
struct AgentAuthorization: Sendable {
    private static let reuseHint =
        "the previous instance was deleted and this port was reallocated to a different instance"

    var token: String?
    var instanceID: String?
    /// The paths that need no token; the instance id is checked there, too.
    var exempt: Set<String> = [AgentctlAPI.healthPath, "/sse", "/message", "/mcp"]

    /// Why a request is refused; nil if it is allowed.
    func refusal(of request: HTTPRequestHead) -> HTTPAnswer? {
        let isExempt = self.exempt.contains(String(request.path))
        let refusal = isExempt ? nil : self.tokenRefusal(request.fields.first(AgentctlAPI.tokenField))
        return refusal ?? self.instanceRefusal(request.fields)
    }

    private func tokenRefusal(_ field: String?) -> HTTPAnswer? {
        guard let token = self.token, !token.isEmpty else { return nil }
        guard let field, field.hasPrefix(AgentctlAPI.tokenScheme) else {
            return .error(401, "missing or invalid Authorization header")
        }
        guard Self.areEqual(field.dropFirst(AgentctlAPI.tokenScheme.count).utf8, token.utf8) else {
            return .error(401, "invalid auth token")
        }
        return nil
    }

    private func instanceRefusal(_ fields: HTTPFields) -> HTTPAnswer? {
        guard let expected = self.instanceID, !expected.isEmpty else { return nil }
        // The parser has trimmed the value. A client that names no instance is allowed.
        guard let got = fields.first(AgentctlAPI.instanceField), !got.isEmpty, got != expected else { return nil }
        return .json(
            404,
            [
                "error": "instance no longer exists at this port", "expected_id": .string(expected),
                "got_id": .string(got), "port_reuse_hint": .string(Self.reuseHint), "recycled_port": true,
            ]
        )
    }

    /// Compares in the same time for all tokens of one length, wherever they differ.
    private static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

import WebSocketProtocol
import WorkspaceProtocol

/// agentctl's checks of a request: its token, then its instance id.
struct AgentAuthorization: Sendable {
    var token: String?
    var instanceID: String?

    /// Why a request is refused, or nil if it may pass.
    func refusal(of request: HTTPRequestHead) -> HTTPAnswer? {
        self.tokenRefusal(request.fields.first(AgentctlAPI.tokenField)) ?? self.instanceRefusal(request.fields)
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
        // The parser has trimmed the value. A client that names no instance may pass.
        guard let got = fields.first(AgentctlAPI.instanceField), !got.isEmpty, got != expected else { return nil }
        var body = AgentctlErrorBody("instance no longer exists at this port")
        (body.isRecycledPort, body.expectedID, body.gotID) = (true, expected, got)
        body.portReuseHint = "the port was given to another instance; ask the control server for the current one"
        return .json(404, body)
    }

    /// Takes as long for a token that is wrong early as for one that is wrong late.
    private static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

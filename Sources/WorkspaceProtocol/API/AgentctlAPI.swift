/// The part of agentctl's HTTP API that this package uses: the paths of its streams, and the fields of a request.
public enum AgentctlAPI {
    /// The path of the workspace stream, which is a WebSocket.
    public static let workspaceStreamPath = "/api/v1/workspace/stream"

    /// The path of the agent stream, which is a WebSocket.
    public static let agentStreamPath = "/api/v1/agent/stream"

    /// The path of the health request; it needs no token.
    package static let healthPath = "/health"

    /// The field with the id of the instance that the client expects; optional.
    package static let instanceField = "X-Instance-ID"

    /// The field with the token, after ``tokenScheme``.
    package static let tokenField = "Authorization"

    /// The text before the token (RFC 6750 §2.1).
    package static let tokenScheme = "Bearer "
}

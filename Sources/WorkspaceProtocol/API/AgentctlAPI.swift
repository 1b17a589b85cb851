/// agentctl's HTTP API, as far as it is spoken here: where a stream is, and what a request must say.
public enum AgentctlAPI {
    /// The path of the workspace stream, which is a WebSocket.
    public static let workspaceStreamPath = "/api/v1/workspace/stream"

    /// The path at which a runtime says that it lives; asked without a token.
    package static let healthPath = "/health"

    /// The field in which a client names the instance that it expects; optional.
    package static let instanceField = "X-Instance-ID"

    /// The field that carries the token, behind ``tokenScheme``.
    package static let tokenField = "Authorization"

    /// What stands before the token (RFC 6750 §2.1).
    package static let tokenScheme = "Bearer "
}

public import WebSocketProtocol
import WorkspaceProtocol

/// Where a runtime listens, and what it wants to be told.
public struct RuntimeEndpoint: Sendable, CustomStringConvertible {
    /// The URL of the workspace stream.
    public let url: WebSocketURL
    /// Sent as `Authorization: Bearer`, or nil; never logged.
    public let token: String?
    /// Sent as `X-Instance-ID`, or nil; the runtime refuses another instance's id with 404.
    public let instanceID: String?

    /// Creates an endpoint.
    ///
    /// - Parameters:
    ///   - url: `ws://host:port`, `wss://…`, `http://…`, `https://…`, or `ws+unix:/path/of/socket`; without a path
    ///     (none at all, or `/`), the workspace stream's is taken; a query is kept.
    ///   - token: The bearer token; an empty one counts as none.
    ///   - instanceID: The instance that is expected there; an empty one counts as none.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, which says what is wrong with the URL.
    public init(_ url: String, token: String? = nil, instanceID: String? = nil) throws(AgentRuntimeError) {
        do throws(HandshakeError) {
            let url = try WebSocketURL(Self.webSocketForm(of: url))
            self.url = url.hasPath ? url : try url.with(path: AgentctlAPI.workspaceStreamPath + url.target.dropFirst())
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
        self.token = token.flatMap { $0.isEmpty ? nil : $0 }
        self.instanceID = instanceID.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Runtimes are often known by the base URL of their HTTP API.
    private static func webSocketForm(of url: String) -> String {
        let scheme = url.prefix { $0 != ":" }
        guard let known = ["http": "ws", "https": "wss"][scheme.lowercased()] else { return url }
        return known + url.dropFirst(scheme.count)
    }

    /// The URL without its query, and without the token.
    public var description: String { self.url.description }

    /// The fields that agentctl checks.
    var fields: HTTPFields {
        var fields: HTTPFields = [:]
        if let token = self.token {
            fields.append(name: AgentctlAPI.tokenField, value: AgentctlAPI.tokenScheme + token)
        }
        if let id = self.instanceID { fields.append(name: AgentctlAPI.instanceField, value: id) }
        return fields
    }

    /// The fields that agentctl checks, and those of a configuration.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` when a field would be sent twice.
    func fields(with others: HTTPFields) throws(AgentRuntimeError) -> HTTPFields {
        var fields = self.fields
        for field in others {
            guard !self.fields.contains(field.name) else {
                let message = "The field \(field.name) is the endpoint's, which sends its own; leave one of them out."
                throw AgentRuntimeError(.invalidConfiguration, message)
            }
            fields.append(name: field.name, value: field.value)
        }
        return fields
    }
}

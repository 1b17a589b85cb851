public import WebSocketProtocol
import WorkspaceProtocol

/// The address of a runtime, with the token and the instance id.
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
    ///   - url: `ws://host:port`, `wss://…`, `http://…`, `https://…`, or `ws+unix:/path/of/socket`. Without a path, or
    ///     with the path `/`, it gets the path of the workspace stream. A query is kept.
    ///   - token: The bearer token; an empty one counts as none.
    ///   - instanceID: The id of the expected instance; an empty one counts as none.
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

    /// Converts `http` and `https`, because runtimes are often known by the base URL of their HTTP API.
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

    /// The fields that agentctl checks, and the fields of a configuration.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if a field would be sent twice.
    func fields(with others: HTTPFields) throws(AgentRuntimeError) -> HTTPFields {
        var fields = self.fields
        for field in others {
            guard !self.fields.contains(field.name) else {
                let message = "The endpoint also sends the field \(field.name); remove one of them."
                throw AgentRuntimeError(.invalidConfiguration, message)
            }
            fields.append(name: field.name, value: field.value)
        }
        return fields
    }
}

public import WebSocketProtocol
import WorkspaceProtocol

/// The address of a runtime, with the token and the instance id; each stream and each call adds its path.
public struct RuntimeEndpoint: Sendable, CustomStringConvertible {
    /// The base URL: its path is before the paths of all streams and calls, and its query is sent with each of them.
    ///
    /// The path has no slash at its end; it is `/` if there is nothing before the paths of agentctl.
    public let baseURL: WebSocketURL
    /// Where the token comes from; no token is ever logged.
    public let credentials: RuntimeCredentials
    /// Sent as `X-Instance-ID`, or nil; the runtime refuses another instance's id with 404.
    public let instanceID: String?

    /// Creates an endpoint with a token that does not change.
    ///
    /// - Parameters:
    ///   - url: The base URL: `ws://host:port`, `wss://…`, `http://…`, `https://…`, or `ws+unix:/path/of/socket`. A
    ///     path is one that a reverse proxy has put before agentctl's, such as `/ws-7` or `/ws-7/`. If the path ends in
    ///     that of the workspace stream (`/api/v1/workspace/stream`), the rest of it counts. A query is sent with every
    ///     request.
    ///   - token: The bearer token; an empty one counts as none.
    ///   - instanceID: The id of the expected instance; an empty one counts as none.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, which says what is wrong with the URL.
    public init(_ url: String, token: String? = nil, instanceID: String? = nil) throws(AgentRuntimeError) {
        try self.init(url, credentials: .token(token), instanceID: instanceID)
    }

    /// Creates an endpoint with a token that may change.
    ///
    /// - Parameters:
    ///   - url: See ``init(_:token:instanceID:)``.
    ///   - credentials: Where the token comes from.
    ///   - instanceID: See ``init(_:token:instanceID:)``.
    /// - Throws: See ``init(_:token:instanceID:)``.
    public init(
        _ url: String,
        credentials: RuntimeCredentials,
        instanceID: String? = nil
    ) throws(AgentRuntimeError) {
        do throws(HandshakeError) {
            self.baseURL = try Self.base(of: try WebSocketURL(Self.webSocketForm(of: url)))
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
        self.credentials = credentials
        self.instanceID = instanceID.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Converts `http` and `https`, because runtimes are often known by the base URL of their HTTP API.
    private static func webSocketForm(of url: String) -> String {
        let scheme = url.prefix { $0 != ":" }
        guard let known = ["http": "ws", "https": "wss"][scheme.lowercased()] else { return url }
        return known + url.dropFirst(scheme.count)
    }

    /// Removes the slashes at the end of the path, and before that the path of the workspace stream.
    private static func base(of url: WebSocketURL) throws(HandshakeError) -> WebSocketURL {
        let (path, query) = Self.split(url.target)
        var base = path[...]
        func dropSlashes() { while base.utf8.last == UInt8(ascii: "/") { base = base.dropLast() } }
        dropSlashes()
        if base.hasSuffix(AgentctlAPI.workspaceStreamPath) {
            base = base.dropLast(AgentctlAPI.workspaceStreamPath.count)
            dropSlashes()
        }
        let target = (base.isEmpty ? "/" : String(base)) + (query.map { "?" + $0 } ?? "")
        return target == url.target ? url : try url.with(path: target)
    }

    /// The path and the query of a target; the query is nil if there is no question mark.
    private static func split(_ target: String) -> (path: String, query: String?) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.dropFirst().first.map { String($0) })
    }

    /// The URL of a stream or of a call.
    ///
    /// - Parameters:
    ///   - path: The path on the runtime, percent-encoded; starts with `/`.
    ///   - query: The query, percent-encoded and without the question mark; nil for none. It comes after the query of
    ///     the base URL.
    /// - Returns: The URL: base, path, and both queries.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if path or query is not percent-encoded.
    package func url(path: String, query: String? = nil) throws(AgentRuntimeError) -> WebSocketURL {
        let (base, own) = Self.split(self.baseURL.target)
        let queries = [own, query].compactMap(\.self).filter { !$0.isEmpty }
        let target =
            (base == "/" ? "" : base) + path + (queries.isEmpty ? "" : "?" + queries.joined(separator: "&"))
        do throws(HandshakeError) {
            return try self.baseURL.with(path: target)
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
    }

    /// The base URL without its query, and without the token.
    public var description: String { self.baseURL.description }

    /// Makes the fields that agentctl checks.
    ///
    /// - Parameter token: The token of this request; nil for none.
    /// - Returns: The fields.
    func fields(token: String?) -> HTTPFields {
        var fields: HTTPFields = [:]
        if let token { fields.append(name: AgentctlAPI.tokenField, value: AgentctlAPI.tokenScheme + token) }
        if let id = self.instanceID { fields.append(name: AgentctlAPI.instanceField, value: id) }
        return fields
    }

    /// The fields that agentctl checks, and the fields of a configuration.
    ///
    /// - Parameters:
    ///   - token: The token of this request; nil for none.
    ///   - others: The fields of the configuration.
    /// - Returns: All fields.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if a field would be sent twice.
    func fields(token: String?, with others: HTTPFields) throws(AgentRuntimeError) -> HTTPFields {
        let own = self.fields(token: token)
        var fields = own
        for field in others {
            guard !own.contains(field.name) else {
                let message = "The endpoint also sends the field \(field.name); remove one of them."
                throw AgentRuntimeError(.invalidConfiguration, message)
            }
            fields.append(name: field.name, value: field.value)
        }
        return fields
    }
}

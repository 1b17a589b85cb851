package import WebSocketProtocol
import WorkspaceProtocol

/// What is dialled: one of the streams of a runtime.
package struct StreamTarget: Sendable {
    /// The runtime.
    package let endpoint: RuntimeEndpoint
    /// The path of the stream, as the runtime names it; starts with `/`.
    package let path: String
    /// Percent-encoded, without its question mark; nil for none.
    package let query: String?

    /// The URL of the stream.
    ///
    /// The endpoint's URL is that of the workspace stream, which may be behind a prefix of a gateway: the prefix and the
    /// query stay.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` when the endpoint's URL has a path of its own, which
    ///   says nothing about where the other streams are.
    package var url: WebSocketURL {
        get throws(AgentRuntimeError) {
            let base = self.endpoint.url
            let parts = base.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            var path = String(parts[0])
            if self.path != AgentctlAPI.workspaceStreamPath {
                guard path.hasSuffix(AgentctlAPI.workspaceStreamPath) else {
                    let message = "\(path) is the path of one stream; of an endpoint with others, give the base URL."
                    throw AgentRuntimeError(.invalidConfiguration, message)
                }
                path = String(path.dropLast(AgentctlAPI.workspaceStreamPath.count)) + self.path
            }
            let query = [parts.dropFirst().first.map { String($0) }, self.query].compactMap(\.self)
            if !query.isEmpty { path += "?" + query.joined(separator: "&") }
            do throws(HandshakeError) {
                return path == base.target ? base : try base.with(path: path)
            } catch {
                throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
            }
        }
    }
}

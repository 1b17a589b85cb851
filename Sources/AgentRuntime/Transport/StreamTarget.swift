package import WebSocketProtocol
import WorkspaceProtocol

/// The target of a dial: one stream of a runtime.
package struct StreamTarget: Sendable {
    /// The runtime.
    package let endpoint: RuntimeEndpoint
    /// The path of the stream, as the runtime names it; starts with `/`.
    package let path: String
    /// The query, percent-encoded and without the question mark; nil for none.
    package let query: String?

    /// The URL of the stream.
    ///
    /// The endpoint has the URL of the workspace stream. For another stream, only the path of the workspace stream is
    /// replaced: the prefix of a gateway and the query stay.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if another stream is dialled, and the path of the
    ///   endpoint does not end with the path of the workspace stream; then the path of the other stream is unknown.
    package var url: WebSocketURL {
        get throws(AgentRuntimeError) {
            let base = self.endpoint.url
            let parts = base.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            var path = String(parts[0])
            if self.path != AgentctlAPI.workspaceStreamPath {
                guard path.hasSuffix(AgentctlAPI.workspaceStreamPath) else {
                    let message = "\(path) is the path of one stream; to open other streams, use the base URL."
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

package import WebSocketProtocol

/// The target of a dial: one stream of a runtime.
package struct StreamTarget: Sendable {
    /// The runtime.
    package let endpoint: RuntimeEndpoint
    /// The path of the stream, as the runtime names it; starts with `/`.
    package let path: String
    /// The query, percent-encoded and without the question mark; nil for none.
    package let query: String?
    /// The fields that tell the runtime of the span of the dial.
    package var traceFields: HTTPFields = [:]

    /// The URL of the stream.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if path or query is not percent-encoded.
    package var url: WebSocketURL {
        get throws(AgentRuntimeError) { try self.endpoint.url(path: self.path, query: self.query) }
    }
}

public import WorkspaceProtocol

/// How an agent stream behaves: its time limits, its bounds, and who answers the requests of the server.
public struct AgentStreamConfiguration: Sendable {
    /// Answers a request of the server.
    ///
    /// - Parameter request: The request; its id is that of the answer.
    /// - Returns: The answer.
    /// - Throws: An `AgentServerError` is sent as it is; any other error as `INTERNAL_ERROR`, without its text.
    public typealias ServerRequestHandler = @Sendable (_ request: AgentServerRequest) async throws -> RawJSON

    /// Answers the requests of the server, for example to tools of an MCP server of the manager.
    ///
    /// Default: nil; then every request is answered with the error `UNKNOWN_ACTION`. Each call runs in a task that the
    /// close of the stream cancels and waits for. Do not wait for the close of the stream in it: ask for it by
    /// ``AgentStream/requestClose(within:)``. The stream keeps the handler, so a handler that uses the stream must refer
    /// to it weakly; else it is never freed by itself.
    public var onServerRequest: ServerRequestHandler?

    /// The number of requests of the server that are answered at the same time.
    ///
    /// Default: 8. Up to 64 more wait in their order; then reading stops like for events that nobody takes.
    public var maximumConcurrentServerRequests = 8

    /// The number of our requests that can be without an answer; further callers wait in their order.
    ///
    /// Default: 64. The wait counts for the time limit of a request.
    public var maximumPendingRequests = 64

    /// The number of bytes that may wait for the consumer while a request has no answer.
    ///
    /// Default: 64 MiB. The answer comes behind the events that were sent before it. So reading goes on beyond
    /// ``AgentRuntimeConfiguration/maximumQueuedEvents`` while a request waits, and a consumer may send a request in
    /// its loop over the events. At this limit the requests fail with ``AgentRuntimeError/Code/answerHeldBack``.
    public var maximumHeldBytes = 64 << 20

    /// The time limit of a request, from the call to the answer.
    ///
    /// Default: 60 seconds.
    public var requestTimeout: Duration = .seconds(60)

    /// The time limit of ``AgentStream/initialize(clientName:clientVersion:isNewAgent:timeout:)``.
    ///
    /// Default: 180 seconds, like agentctl's own; an agent may download parts of itself.
    public var initializeTimeout: Duration = .seconds(180)

    /// The time limit of ``AgentStream/cancel(timeout:)``.
    ///
    /// Default: 30 seconds.
    public var cancelTimeout: Duration = .seconds(30)

    /// Creates the default configuration; you can change single properties.
    public init() {}

    package func validate() throws(AgentRuntimeError) {
        let isValid =
            self.maximumConcurrentServerRequests > 0 && self.maximumPendingRequests > 0 && self.maximumHeldBytes > 0
            && self.requestTimeout > .zero && self.initializeTimeout > .zero && self.cancelTimeout > .zero
        guard isValid else {
            throw AgentRuntimeError(.invalidConfiguration, "The limits of an agent stream must be positive.")
        }
    }
}

import AgentRuntime
import ArgumentParser
import CommandIO
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

extension WSStream {
    /// `wsstream tail`.
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tail",
            abstract: "Shows the events of a workspace stream as they come.",
            discussion: """
                Runs until a limit is reached, the server closes, or you press Ctrl-C, which closes the stream \
                properly. A second Ctrl-C ends it at once. If the reader of the output leaves, as in '| head', it ends \
                without an error.

                \(ProxyEnvironment.explanation)

                \(ExitStatus.table)
                """
        )

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var request: RequestOptions
        @OptionGroup var security: SecurityOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var limits: LimitOptions

        func run() async throws {
            let session = try await CommandFailure.telling { try await self.session(ProcessEnvironment.variables) }
            for name in session.filter.unknownNames {
                StandardError.shared.warn("unknown event type '\(name)'; its events are shown if the server sends them")
            }
            let report = await TailRunner(session: session, showsStatistics: self.output.stats).run()
            if let complaint = report.end.complaint { StandardError.shared.complain(complaint) }
            throw report.end.status.exitCode
        }

        private func session(_ environment: [String: String]) async throws -> TailSession {
            let endpoint = try await self.connection.endpoint(environment: environment)
            if let token = endpoint.credentials.fixedToken { StandardError.shared.hide { $0.hide(token: token) } }
            var configuration = AgentRuntimeConfiguration()
            (configuration.userAgent, configuration.fields) = (self.request.userAgent, self.request.fields)
            configuration.tls = self.security.configuration
            configuration.proxy = try ProxyEnvironment(environment).proxy(for: endpoint.baseURL)
            configuration.connectTimeout = self.connection.connectTimeout.duration
            configuration.connection.limits.maximumMessageBytes = self.connection.maxMessageBytes.bytes
            let renderer = self.output.renderer(
                isTerminal: ProcessEnvironment.isOutputTerminal,
                environment: environment
            )
            configuration.decodesEvents = self.output.needsEvents
            let messages = renderer?.needsMessages == true ? ReceivedMessages() : nil
            let client = try AgentRuntimeClient(endpoint, configuration, messages: messages)
            var session = TailSession(client: client, sink: DescriptorSink.standardOutput)
            session.filter = TypeFilter(self.output.types)
            session.limits = self.limits.limits
            (session.renderer, session.messages) = (renderer, messages)
            return session
        }
    }
}

extension AgentRuntimeClient {
    /// Creates a client that also keeps the messages, if `messages` is given.
    convenience init(
        _ endpoint: RuntimeEndpoint,
        _ configuration: AgentRuntimeConfiguration,
        messages: ReceivedMessages?
    ) throws(AgentRuntimeError) {
        var configuration = configuration
        if let messages { configuration.onBatch = { messages.append($0) } }
        try self.init(endpoint: endpoint, configuration: configuration)
    }
}

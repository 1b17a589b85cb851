import AgentRuntime
import ArgumentParser
import CommandIO
import NIOPosix
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing

extension WSStream {
    /// `wsstream tail`.
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tail",
            abstract: "Shows the events of a workspace stream as they come.",
            discussion: """
                Runs until a limit is reached, the server closes normally, or you press Ctrl-C, which closes the \
                stream properly. A second Ctrl-C ends it at once. If the reader of the output leaves, as in '| head', \
                it ends without an error.

                If the connection is lost after the stream was attached, it connects again, shows what it can recover \
                of what was missed, and writes a line for each gap. Standard error tells when it waits, and when the \
                stream is live again.

                \(ProxyEnvironment.explanation)

                \(ExitStatus.table)
                """
        )

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var request: RequestOptions
        @OptionGroup var security: SecurityOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var limits: LimitOptions
        @OptionGroup var following: FollowOptions

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
            let token = try await self.connection.token(environment: environment)
            if let token { StandardError.shared.hide { $0.hide(token: token) } }
            let source = try self.connection.source(token: token)
            let endpoint = try await self.endpoint(source)
            let renderer = self.output.renderer(
                isTerminal: ProcessEnvironment.isOutputTerminal,
                environment: environment
            )
            var configuration = self.configuration
            // A workspace that is not there yet will run on this machine.
            configuration.proxy = try endpoint.flatMap { try ProxyEnvironment(environment).proxy(for: $0.baseURL) }
            let keepsFrames = renderer?.needsMessages == true
            var session: TailSession
            if self.following.noReconnect, let endpoint {
                configuration.decodesEvents = self.output.needsEvents
                let messages = keepsFrames ? ReceivedMessages() : nil
                let client = try AgentRuntimeClient(endpoint, configuration, messages: messages)
                session = TailSession(feed: .stream(client), sink: DescriptorSink.standardOutput)
                session.messages = messages
            } else {
                let retries = TailRetries(waits: self.following.wait, source: source)
                let follower = try WorkspaceFollower(
                    of: source,
                    configuration: .tail(configuration, retries, keepsFrames: keepsFrames)
                )
                session = TailSession(feed: .follower(follower, source: source), sink: DescriptorSink.standardOutput)
            }
            session.filter = TypeFilter(self.output.types)
            (session.limits, session.endsAtGap) = (self.limits.limits, self.following.failOnGap)
            session.renderer = renderer
            return session
        }

        /// Where the runtime is now; nil if it is not there yet, and the tail waits for it.
        private func endpoint(_ source: TailEndpointSource) async throws -> RuntimeEndpoint? {
            do {
                return try await source.endpoint().endpoint
            } catch {
                guard self.following.wait, source.isWaiting else { throw error }
                return nil
            }
        }

        private var configuration: AgentRuntimeConfiguration {
            var configuration = AgentRuntimeConfiguration()
            (configuration.userAgent, configuration.fields) = (self.request.userAgent, self.request.fields)
            configuration.tls = self.security.configuration
            configuration.connectTimeout = self.connection.connectTimeout.duration
            configuration.connection.limits.maximumMessageBytes = self.connection.maxMessageBytes.bytes
            return configuration
        }
    }
}

extension FollowerConfiguration {
    /// The configuration of a followed tail.
    ///
    /// - Parameters:
    ///   - runtime: How to reach the runtime.
    ///   - retries: When to try again.
    ///   - keepsFrames: Whether the messages are shown as they came.
    /// - Returns: The configuration.
    static func tail(_ runtime: AgentRuntimeConfiguration, _ retries: TailRetries, keepsFrames: Bool) -> Self {
        var configuration = Self()
        configuration.runtime = runtime
        configuration.runtime.keepsFrames = keepsFrames
        // All connections on one thread, so that the task that shows events never moves.
        configuration.runtime.eventLoopGroup = MultiThreadedEventLoopGroup.singleton.next()
        configuration.reconnect.advice = { retries.advice(for: $0) }
        // A line for each event, also of those that a newer one makes worthless.
        (configuration.queue.gitStatus, configuration.queue.fileChange) = (.all, .all)
        return configuration
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

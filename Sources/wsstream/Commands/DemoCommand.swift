import AgentRuntime
import ArgumentParser
import CommandIO
import MockAgentServer
import WebSocketProtocol

extension WSStream {
    /// `wsstream demo`.
    struct Demo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "demo",
            abstract: "Shows a scripted workspace of two repositories: needs no server and ends by itself.",
            discussion: """
                Starts the server of 'wsstream mock' inside this process, on a free port of this machine, follows it as \
                'wsstream tail' does, and closes. Takes a few seconds. At the end it writes to standard error how many \
                tasks of the client are left: none.

                \(ExitStatus.table)
                """
        )

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let report = try await CommandFailure.telling {
                try await withMockServer(Self.serverConfiguration(for: .demo)) { server in
                    let report = try await self.follow(server)
                    try await server.waitForConnections(0)
                    return report
                }
            }
            if let complaint = report.end.complaint { StandardError.shared.complain(complaint) }
            StandardError.shared.write(DemoSummary(report).text)
            throw DemoSummary(report).status.exitCode
        }

        private func follow(_ server: MockServer) async throws -> TailReport {
            let environment = ProcessEnvironment.variables
            let renderer = self.output.renderer(
                isTerminal: ProcessEnvironment.isOutputTerminal,
                environment: environment
            )
            let messages = renderer?.needsMessages == true ? ReceivedMessages() : nil
            let client = try AgentRuntimeClient(
                RuntimeEndpoint(server.url),
                AgentRuntimeConfiguration(),
                messages: messages
            )
            var session = TailSession(feed: .stream(client), sink: DescriptorSink.standardOutput)
            session.filter = TypeFilter(self.output.types)
            (session.renderer, session.messages) = (renderer, messages)
            // The script takes three seconds. If it hangs, this limit ends it.
            session.limits.duration = .seconds(8)
            return await TailRunner(session: session, showsStatistics: self.output.stats).run()
        }

        /// A server whose script ends with a normal close.
        static func serverConfiguration(for scenario: Scenario) -> MockServerConfiguration {
            var configuration = MockServerConfiguration()
            configuration.repositories = Scenario.demoRepositories
            configuration.scenario = Scenario(attempts: scenario.attempts.map { $0 + [.close(.normalClosure)] })
            return configuration
        }
    }
}

/// The two last lines of the demo.
struct DemoSummary: Sendable {
    private let report: TailReport

    init(_ report: TailReport) { self.report = report }

    /// The exit code; clean only if no task is left.
    var status: ExitStatus { self.report.remainingTasks == 0 ? self.report.end.status : .internalError }

    /// Two lines.
    var text: SafeText {
        let (statistics, left) = (self.report.statistics, self.report.remainingTasks)
        let time = StatisticsText.decimal((statistics.elapsed ?? .zero) / .seconds(1), 1)
        return """
            \(statistics.events) events of two repositories in \(time) s; \
            \(self.report.end.description).
            The client is closed and \(left == 0 ? "nothing of it is" : "something of it is") left: tasks \(left).

            """
    }
}

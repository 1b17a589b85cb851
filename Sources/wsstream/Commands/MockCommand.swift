import ArgumentParser
import CommandIO
import MockAgentServer

extension WSStream {
    /// `wsstream mock`.
    struct Mock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mock",
            abstract: "Runs a mock of agentctl with scripted events.",
            discussion: """
                Prints one line, "listening on ws://127.0.0.1:PORT", and runs until Ctrl-C. It serves the streams and the HTTP API of \
                one instance, and also the endpoints for 'wsstream bench':

                  /bench/recv?count=N&size=B   N messages of B bytes, then a normal close
                  /bench/events?count=N        N generated events, then a normal close
                  /bench/echo                  every message comes back
                  /bench/sink                  counts messages; answers the text 'count'

                \(ExitStatus.table)
                """
        )

        @OptionGroup var options: MockOptions

        func run() async throws {
            try await CommandFailure.telling {
                let configuration = try self.options.configuration(environment: ProcessEnvironment.variables)
                try await withInterruption(abort: { ProcessEnvironment.abort($0) }) { stop in
                    try await withMockServer(configuration) { server in
                        let line: SafeText = "listening on \(server.url)\n"
                        try await DescriptorSink.standardOutput.write(line.description, until: stop)
                        _ = await stop()
                    }
                }
            }
        }
    }
}

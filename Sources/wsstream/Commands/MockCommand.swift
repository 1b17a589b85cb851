import ArgumentParser
import CommandIO
import MockAgentServer

extension WSStream {
    /// `wsstream mock`.
    struct Mock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serves a scripted agentctl for others to connect to.",
            discussion: """
                Prints one line, "listening on ws://127.0.0.1:PORT", and runs until Ctrl-C. Besides the workspace stream \
                it has the endpoints that 'wsstream bench' measures against:

                  /bench/recv?count=N&size=B   N messages of B bytes, then a normal close
                  /bench/events?count=N        N generated events, then a normal close
                  /bench/echo                  every message comes back
                  /bench/sink                  counts messages; answers the text 'count'

                Exit codes: 0 after Ctrl-C, 64 for options or a scenario that can't be used, 69 if it can't listen.
                """
        )

        @OptionGroup var options: MockOptions

        func run() async throws {
            do {
                let configuration = try self.options.configuration(environment: ProcessEnvironment.variables)
                try await withInterruption(abort: { ProcessEnvironment.abort($0) }) { stop in
                    try await withMockServer(configuration) { server in
                        try await DescriptorSink.standardOutput.write("listening on \(server.url)\n", until: stop)
                        _ = await stop()
                    }
                }
            } catch let error as MockServerError {
                StandardError.shared.complain(error.message)
                throw (error.code == .listenFailed ? ExitStatus.unreachable : .usage).exitCode
            }
        }
    }
}

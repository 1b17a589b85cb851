import ArgumentParser
import CommandIO
import WebSocketProtocol
import WebSocketTransport

extension WSStream {
    /// `wsstream conformance`: for people who test this library, so the help does not show it to others.
    struct Conformance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs our client against a fuzzing server of the Autobahn testsuite.",
            discussion: """
                Asks the server for the number of cases, runs each with an echo loop, and prints a line with its \
                number, its name and the server's verdict. Then the server writes its report. Only OK and INFORMATIONAL \
                count as passed; if a case did not pass, the exit code is 76. See docs/CONFORMANCE.md.

                \(ExitStatus.table)
                """,
            shouldDisplay: false
        )

        @OptionGroup var options: ConformanceOptions

        func run() async throws {
            let output = DescriptorSink.standardOutput
            try await CommandFailure.telling(Advice(command: .bench)) {
                let (driver, first) = (try self.options.driver(), self.options.first)
                let tally = try await withEarlyEnd(of: output, abort: { ProcessEnvironment.abort($0) }) {
                    try await driver.run(first...) { try await output.write("\($0)\n" as SafeText) }
                }
                StandardError.shared.write("\(tally)\n")
                guard tally.failed == 0 else { throw ExitStatus.protocolError.exitCode }
            }
        }
    }
}

import ArgumentParser
import CommandIO
import WebSocketProtocol
import WebSocketTransport

extension WSStream {
    /// `wsstream conformance`: for those who test this library, so it is not shown to those who use it.
    struct Conformance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "conformance",
            abstract: "Plays the client under test for a fuzzing server of the Autobahn testsuite.",
            discussion: """
                Asks the server how many cases there are, plays each with an echo loop, prints a line with the number, \
                the name and the server's verdict, and has the server write its report. Only OK and INFORMATIONAL \
                count as passed; when a case did not pass it ends with 76. See docs/CONFORMANCE.md.

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

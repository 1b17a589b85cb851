import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

extension WSStream {
    /// `wsstream conformance`: for those who test this library, so it is not shown to those who use it.
    struct Conformance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
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
            ProcessEnvironment.ignoreBrokenPipes()
            do {
                let driver = try self.options.driver()
                let tally = try await driver.run(self.options.first...) { line in
                    try await DescriptorSink.standardOutput.write(Array("\(line)\n".utf8))
                }
                StandardError.shared.write("\(tally)\n")
                guard tally.failed == 0 else { throw ExitStatus.protocolError.exitCode }
            } catch let exit as ExitCode {
                throw exit
            } catch {
                let (complaint, status) = BenchRunner.explain(error)
                if let complaint { StandardError.shared.complain(complaint) }
                throw status.exitCode
            }
        }
    }
}

import ArgumentParser
import CommandIO
import WebSocketProtocol
import WebSocketTransport

/// The client under test for a fuzzing server of the Autobahn testsuite; a tool for tests of this package.
@main
struct ConformanceClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance-client",
        abstract: "Plays the client under test for a fuzzing server of the Autobahn testsuite.",
        discussion: """
            Asks the server how many cases there are, plays each with an echo loop, prints a line with the number, \
            the name and the server's verdict, and has the server write its report. Only OK and INFORMATIONAL \
            count as passed; when a case did not pass it ends with 76. See docs/CONFORMANCE.md.
            """
    )

    @OptionGroup var options: ConformanceOptions

    static func main() async {
        StandardDescriptors.openClosed()
        StandardDescriptors.ignoreBrokenPipes()
        let arguments = ProcessEnvironment.arguments
        let runner = CommandRunner(
            complain: { Self.say("Error: \($0)\n") },
            explain: { Self.say(SafeText(message: $0, arguments: arguments)) }
        )
        ProcessEnvironment.exit(await runner.run(Self.self, arguments))
    }

    /// Writes a text for people to standard error.
    private static func say(_ text: SafeText) {
        _ = DescriptorSink(descriptor: 2).writeBriefly(Array(text.description.utf8), within: .seconds(1))
    }

    func run() async throws {
        let output = DescriptorSink.standardOutput
        let first = self.options.first
        do {
            let driver = try self.options.driver()
            let tally = try await withEarlyEnd(
                of: output,
                abort: { _ in ProcessEnvironment.exitNow(ExitStatus.aborted.rawValue) }
            ) {
                try await driver.run(first...) { try await output.write("\($0)\n" as SafeText) }
            }
            Self.say("\(tally)\n")
            guard tally.failed == 0 else { throw ExitStatus.protocolError.exitCode }
        } catch let error as HandshakeError {
            throw Self.failure(error.message, .usage)
        } catch let error as WebSocketError {
            throw Self.failure(error.message, .unreachable)
        } catch let error as ConformanceDriver.Unexpected {
            throw Self.failure(error.description, .protocolError)
        }
    }

    /// Writes an error message.
    ///
    /// - Returns: The exit code for the process.
    private static func failure(_ message: String, _ status: ExitStatus) -> ExitCode {
        self.say("Error: \(message)\n")
        return status.exitCode
    }
}

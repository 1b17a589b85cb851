import ArgumentParser
import CommandIO
import WebSocketProtocol

/// The root command: only names its subcommands.
@main
struct WSStream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wsstream",
        abstract: "Follows, imitates and measures agentctl workspace streams.",
        discussion: """
            Try it without a server: wsstream demo. See 'wsstream help tail' for the exit codes.
            """,
        version: PackageVersion.current,
        subcommands: [Tail.self, Demo.self, Mock.self, Bench.self, WorkspaceCommands.self]
    )

    static func main() async {
        StandardDescriptors.openClosed()
        StandardDescriptors.ignoreBrokenPipes()
        let arguments = ProcessEnvironment.arguments
        // Before anything is said.
        let secrets = Redaction(
            arguments: arguments,
            environment: ProcessEnvironment.variables,
            tokenVariable: TokenSource.variable
        )
        StandardError.shared.hide { $0 = secrets }
        let runner = CommandRunner(
            complain: { StandardError.shared.complain(SafeText(escaping: $0)) },
            explain: { StandardError.shared.write(SafeText(message: $0, arguments: arguments)) }
        )
        ProcessEnvironment.exit(await runner.run(Self.self, arguments))
    }
}

extension ProcessEnvironment {
    /// Ends the process because of a second, impatient signal.
    static func abort(_ signal: some CustomStringConvertible) {
        StandardError.shared.complain("aborted: a second \(signal.description) cut the close short")
        Self.exitNow(ExitStatus.aborted.rawValue)
    }
}

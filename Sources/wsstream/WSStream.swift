import ArgumentParser
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
        subcommands: [Tail.self, Demo.self, Mock.self, Bench.self, WorkspaceCommand.self, Conformance.self]
    )
}

import ArgumentParser
import CommandIO

/// `workspace`: the runtimes of this user's workspaces.
struct WorkspaceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace",
        abstract: "Start, stop and look at the runtimes of workspaces: at most one per workspace.",
        discussion: ExitStatus.table,
        subcommands: [
            UpCommand.self, StopCommand.self, RestartCommand.self, StatusCommand.self, ListCommand.self,
            ExplainCommand.self,
        ]
    )
}

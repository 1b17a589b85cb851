import ArgumentParser

/// `workspace`: the runtimes of this user's workspaces.
struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace",
        abstract: "Start, stop and look at the runtimes of workspaces: exactly one per workspace.",
        discussion: """
            Exit codes: 0 done; 64 wrong usage; 65 an id, path or endpoint that can't be used; 66 no such workspace or \
            command; 69 the runtime ended, was not ready, or somebody else answers; 70 a process survived; 74 the state \
            can't be read or written; 75 busy, try again; 77 the state belongs to someone else.
            """,
        subcommands: [
            UpCommand.self, StopCommand.self, RestartCommand.self, StatusCommand.self, ListCommand.self,
            ExplainCommand.self,
        ]
    )
}

import ArgumentParser
import CommandIO
import RuntimeLifecycle

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

/// `workspace up`: creates the workspace if it does not exist, and starts its runtime if it does not run.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start the runtime if it does not run; create the workspace if it does not exist."
    )

    @Argument(help: "The workspace.") var id: String
    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var ending: EndingOptions
    @OptionGroup var runtime: RuntimeOptions

    func run() async throws {
        try await self.options.perform(self.runtime, self.ending) { lifecycle in
            let id = try WorkspaceID(self.id)
            let command = try await self.runtime.runtimeCommand(for: id, in: lifecycle)
            let outcome = try await lifecycle.getOrStart(id, command: command)
            let running = outcome.isStarted ? nil : try await lifecycle.status(id)?.command
            let runsAnother = !command.arguments.isEmpty && running.map { $0 != command.arguments } ?? false
            return WorkspaceReport.start(outcome, runsAnother: runsAnother)
        }
    }
}

/// `workspace stop`: ends the runtime and everything it started.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End the runtime and everything it started."
    )

    @Argument(help: "The workspace.") var id: String
    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var ending: EndingOptions

    func run() async throws {
        try await self.options.perform(nil, self.ending) { lifecycle in
            let id = try WorkspaceID(self.id)
            return WorkspaceReport.stop(id, try await lifecycle.stop(id))
        }
    }
}

/// `workspace restart`: ends the runtime and starts the next generation.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract:
            "End the runtime and start the next generation, with the command of the last start if none is given."
    )

    @Argument(help: "The workspace.") var id: String
    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var ending: EndingOptions
    @OptionGroup var runtime: RuntimeOptions

    func run() async throws {
        try await self.options.perform(self.runtime, self.ending) { lifecycle in
            let id = try WorkspaceID(self.id)
            let command = try await self.runtime.runtimeCommand(for: id, in: lifecycle)
            let outcome = try await lifecycle.restart(id, command: command)
            return WorkspaceReport.restart(id, outcome)
        }
    }
}

/// `workspace status`: shows the journal and the process table.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show one workspace; takes no lock and changes nothing."
    )

    @Argument(help: "The workspace.") var id: String
    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        try await self.options.perform { lifecycle in
            let id = try WorkspaceID(self.id)
            return WorkspaceReport.status(try await lifecycle.status(id), id)
        }
    }
}

/// `workspace list`: all workspaces that were created.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show all workspaces; takes no lock and changes nothing."
    )

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        try await self.options.perform { lifecycle in WorkspaceReport.list(try await lifecycle.list()) }
    }
}

/// `workspace explain`: why a workspace is in its state, and what it waits for.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain the state of a workspace, and what it waits for."
    )

    @Argument(help: "The workspace.") var id: String
    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        try await self.options.perform { lifecycle in
            let id = try WorkspaceID(self.id)
            return WorkspaceReport.explanation(try await lifecycle.explain(id), id)
        }
    }
}

import ArgumentParser
import RuntimeLifecycle

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

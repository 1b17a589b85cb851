import ArgumentParser
import RuntimeLifecycle

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

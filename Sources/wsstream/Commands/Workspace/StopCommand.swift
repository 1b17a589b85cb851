import ArgumentParser
import RuntimeLifecycle

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

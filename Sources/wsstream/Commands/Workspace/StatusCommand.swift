import ArgumentParser
import RuntimeLifecycle

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

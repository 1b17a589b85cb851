import ArgumentParser
import RuntimeLifecycle

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

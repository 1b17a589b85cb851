import ArgumentParser
import RuntimeLifecycle

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

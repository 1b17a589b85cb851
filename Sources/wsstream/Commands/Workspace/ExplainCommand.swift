import ArgumentParser
import RuntimeLifecycle

/// `workspace explain`: why it is as it is, and for whom it waits.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a workspace is as it is, and for whom it waits."
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

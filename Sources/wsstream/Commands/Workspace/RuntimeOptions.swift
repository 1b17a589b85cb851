import ArgumentParser
import WorkspaceLifecycle

/// What to run as the runtime.
struct RuntimeOptions: ParsableArguments {
    @Option(help: "Where a runtime that can't report will answer, as http://ADDRESS:PORT.")
    var endpoint: String?

    @Option(
        parsing: .remaining,
        help:
            "The runtime and its arguments: everything that follows (default: the command of the last start, else the mock agent server)."
    )
    var command: [String] = []

    /// The command for a workspace; where none was ever named, the mock agent server.
    func runtimeCommand(for id: WorkspaceID, in lifecycle: WorkspaceLifecycle) async throws -> RuntimeCommand {
        guard self.command.isEmpty, try await lifecycle.status(id)?.command.isEmpty ?? true else {
            return self.runtimeCommand([])
        }
        return self.runtimeCommand([Self.mockServer])
    }

    /// The mock agent server that was built beside this program.
    private static var mockServer: String {
        let program = ProcessEnvironment.program
        let folder = program.lastIndex(of: "/").map { program[...$0] } ?? ""
        return folder + "mock-agent-server"
    }

    /// The command with this process's environment, as a shell would run it.
    private func runtimeCommand(_ fallback: [String]) -> RuntimeCommand {
        var command = RuntimeCommand(self.command.isEmpty ? fallback : self.command)
        command.environment = ProcessEnvironment.variables
        command.endpoint = self.endpoint
        return command
    }
}

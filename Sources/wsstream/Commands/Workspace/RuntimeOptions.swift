import ArgumentParser
import CommandIO
import RuntimeLifecycle

/// What to run as the runtime.
struct RuntimeOptions: ParsableArguments {
    @Option(help: "The endpoint of a runtime that can't report, as http://ADDRESS:PORT (IPv4, [IPv6] or localhost).")
    var endpoint: String?

    @Option(help: "Seconds a new runtime may take until it is ready.")
    var readyWithin: Int = 60

    @Option(help: "Seconds a running runtime may take to answer; after that it is ended and replaced.")
    var adoptWithin: Int = 10

    @Option(
        parsing: .remaining,
        help:
            "The runtime and its arguments: everything that follows (default: the command of the last start, else the mock agent server)."
    )
    var command: [String] = []

    func validate() throws {
        guard (1...86_400).contains(self.readyWithin) else {
            throw ValidationError("--ready-within must be 1 to 86400 seconds.")
        }
        guard (1...86_400).contains(self.adoptWithin) else {
            throw ValidationError("--adopt-within must be 1 to 86400 seconds.")
        }
    }

    /// The command for a workspace; the mock agent server if no command was ever named.
    ///
    /// Not inlined into its caller, because then the optimizer of Swift 6.3.1 crashes ("splitting coroutine").
    @inline(never)
    func runtimeCommand(for id: WorkspaceID, in lifecycle: WorkspaceLifecycle) async throws -> RuntimeCommand {
        let status = try await lifecycle.status(id)
        // A failed workspace without a command has lost its record, so its command is unknown. Do not start the mock
        // instead.
        let hadCommand = status.map { !$0.command.isEmpty || $0.phase != .absent } ?? false
        return try self.runtimeCommand(hadCommand ? [] : [Self.mockServer])
    }

    /// The mock agent server that was built together with this program.
    private static var mockServer: String {
        let program = ProcessEnvironment.program
        let folder = program.lastIndex(of: "/").map { program[...$0] } ?? ""
        return folder + "mock-agent-server"
    }

    /// The command with this process's environment, as if a shell ran it.
    private func runtimeCommand(_ fallback: [String]) throws(LifecycleError) -> RuntimeCommand {
        var command = RuntimeCommand(self.command.isEmpty ? fallback : self.command)
        command.environment = OutsideRun.runtimeEnvironment
        command.endpoint = self.endpoint
        // Recorded, so that a relative name still works if a later start comes from another directory.
        command.workingDirectory = self.command.isEmpty ? nil : try LifecycleSettings.currentDirectory()
        return command
    }
}

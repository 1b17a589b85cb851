import CommandIO
import RuntimeLifecycle

/// This command once more, outside of the workspace it was called from.
///
/// An agent may restart or stop its own workspace: then this process is among those that are ended, and the work must be
/// done by one that is not.
enum OutsideRun {
    /// Says that this is the second run: what refuses it again is told, not run a third time.
    private static let mark = "WSSTREAM_OUTSIDE"

    /// Whether this process is the second run.
    static var isThis: Bool { ProcessEnvironment.variables[self.mark] != nil }

    /// The environment for a runtime.
    static var runtimeEnvironment: [String: String] {
        ProcessEnvironment.variables.filter { $0.key != self.mark }
    }

    /// Runs it with the same arguments and output.
    ///
    /// - Returns: Its exit code, if this process lives until then.
    static func again() async throws -> Int32 {
        var environment = ProcessEnvironment.variables
        environment[self.mark] = "1"
        let arguments = [ProcessEnvironment.program] + CommandLine.arguments.dropFirst()
        return try await OutsideProcess.run(arguments, environment: environment)
    }
}

import CommandIO
import RuntimeLifecycle

/// Runs this command again, outside of the workspace from which it was called.
///
/// An agent may restart or stop its own workspace. Then this process is one of those that are ended, so a process
/// outside of the workspace must do the work.
enum OutsideRun {
    /// The variable that marks the second run; if the second run is refused, too, the error is reported.
    private static let mark = "WSSTREAM_OUTSIDE"

    /// Whether this process is the second run.
    static var isThis: Bool { ProcessEnvironment.variables[self.mark] != nil }

    /// The environment for a runtime.
    static var runtimeEnvironment: [String: String] {
        ProcessEnvironment.variables.filter { $0.key != self.mark }
    }

    /// Runs this command again with the same arguments and output.
    ///
    /// - Returns: Its exit code, if this process lives long enough.
    static func again() async throws -> Int32 {
        var environment = ProcessEnvironment.variables
        environment[self.mark] = "1"
        let arguments = [ProcessEnvironment.program] + CommandLine.arguments.dropFirst()
        return try await OutsideProcess.run(arguments, environment: environment)
    }
}

/// What a process of the mock workspace does, for one command line.
///
/// A command that no scenario knows runs without output until it is stopped.
public struct MockProcess: Sendable, Hashable {
    /// One thing that a process does.
    @nonexhaustive public enum Step: Sendable, Hashable {
        /// Writes to its standard output.
        case output(String)
        /// Writes to its standard error.
        case errorOutput(String)
        /// Does nothing for a time.
        case wait(Duration)
        /// Ends with this exit code: `exited` for 0, otherwise `failed`.
        case exit(Int)
    }

    /// The command line, as in the request that starts the process.
    public var command: String
    /// The working directory in which it does this; nil means any.
    ///
    /// Default: nil.
    public var workingDirectory: String?
    /// What it does in order; without ``Step/exit(_:)`` at the end, it runs until it is stopped.
    public var steps: [Step]
    /// Why the process can't be started; nil if it can.
    ///
    /// The request is then answered with 400, and the stream has `starting` and `failed` without an exit code.
    public var startError: String?

    /// Creates a process.
    ///
    /// - Parameters:
    ///   - command: See ``command``.
    ///   - workingDirectory: See ``workingDirectory``.
    ///   - steps: See ``steps``.
    ///   - startError: See ``startError``.
    public init(
        _ command: String,
        workingDirectory: String? = nil,
        steps: [Step] = [],
        startError: String? = nil
    ) {
        (self.command, self.workingDirectory) = (command, workingDirectory)
        (self.steps, self.startError) = (steps, startError)
    }
}

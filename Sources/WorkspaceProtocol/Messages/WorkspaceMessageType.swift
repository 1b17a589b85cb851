/// The `type` of a message of `/api/v1/workspace/stream`.
///
/// An open set: a type that this library does not know is kept as it is.
public struct WorkspaceMessageType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// The server's first message on every connection.
    public static let connected = Self(rawValue: "connected")

    /// The state of one repository; see ``GitStatus``.
    public static let gitStatus = Self(rawValue: "git_status")

    /// A new commit; see ``GitCommit``.
    public static let gitCommit = Self(rawValue: "git_commit")

    /// A branch head that moved without a commit; see ``GitReset``.
    public static let gitReset = Self(rawValue: "git_reset")

    /// A checkout of another branch; see ``BranchSwitch``.
    public static let branchSwitch = Self(rawValue: "branch_switch")

    /// A change in the file tree; see ``FileChange``.
    public static let fileChange = Self(rawValue: "file_change")

    /// Output of a process; see ``ProcessOutput``.
    public static let processOutput = Self(rawValue: "process_output")

    /// A change in the life of a process; see ``ProcessStatus``.
    public static let processStatus = Self(rawValue: "process_status")

    /// Output of the workspace's default shell.
    public static let shellOutput = Self(rawValue: "shell_output")

    /// The end of the default shell; declared by agentctl, but not sent by any version known.
    public static let shellExit = Self(rawValue: "shell_exit")

    /// A failure reported by the server; declared by agentctl, but not sent by any version known.
    public static let error = Self(rawValue: "error")

    /// A client's question whether the server is alive.
    public static let ping = Self(rawValue: "ping")

    /// The server's answer to ``ping``.
    public static let pong = Self(rawValue: "pong")

    /// A client's input for the default shell.
    public static let shellInput = Self(rawValue: "shell_input")

    /// A client's new terminal size; agentctl accepts it, but does not use it.
    public static let shellResize = Self(rawValue: "shell_resize")

    /// The ``WorkspaceEvent/type`` of a frame that could not be read; never on the wire.
    public static let malformed = Self(rawValue: "malformed")
}

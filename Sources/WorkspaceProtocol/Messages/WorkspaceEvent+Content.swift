extension WorkspaceEvent {
    /// What an event says.
    ///
    /// Source: `/api/v1/workspace/stream`; each case names the `type` on the wire.
    @nonexhaustive public enum Content: Sendable, Hashable {
        /// The connection is ready: the first message on it (`connected`).
        case connected

        /// The state of a repository (`git_status`).
        indirect case gitStatus(GitStatus)

        /// A new commit (`git_commit`).
        indirect case gitCommit(GitCommit)

        /// A branch head that moved without a commit (`git_reset`).
        indirect case gitReset(GitReset)

        /// A checkout of another branch (`branch_switch`).
        indirect case branchSwitch(BranchSwitch)

        /// A change in the file tree (`file_change`).
        indirect case fileChange(FileChange)

        /// Output of a process (`process_output`).
        indirect case processOutput(ProcessOutput)

        /// A change in the life of a process (`process_status`).
        indirect case processStatus(ProcessStatus)

        /// Output of the default shell (`shell_output`); may be empty.
        ///
        /// It has no order relative to the other events. A character that is split between two pieces arrives as
        /// U+FFFD.
        case shellOutput(String)

        /// The end of the default shell (`shell_exit`); an absent code is 0.
        case shellExit(code: Int)

        /// A failure that the server reports (`error`); may be empty.
        case error(String)

        /// The answer to a ping (`pong`).
        case pong

        /// A client's question whether the server is alive (`ping`).
        case ping

        /// A client's input for the default shell (`shell_input`).
        case shellInput(String)

        /// A client's new terminal size (`shell_resize`), in characters; an absent size is 0.
        case shellResize(columns: Int, rows: Int)

        /// A message of a known type whose object is missing; agentctl's own client ignores it.
        ///
        /// Only the types from ``gitStatus(_:)`` to ``processStatus(_:)`` carry an object.
        case missingPayload(WorkspaceMessageType)

        /// A message of a type that this library does not know.
        indirect case unknown(UnknownMessage)

        /// A frame that could not be read.
        indirect case malformed(MalformedMessage)

        /// The repository that the event is about; see ``WorkspaceEvent/repositoryName``.
        var repositoryName: String? {
            switch self {
            case .gitStatus(let status): status.repositoryName
            case .gitCommit(let commit): commit.repositoryName
            case .gitReset(let reset): reset.repositoryName
            case .branchSwitch(let branchSwitch): branchSwitch.repositoryName
            case .fileChange(let change): change.repositoryName
            default: nil
            }
        }

        /// The `type` on the wire; ``WorkspaceMessageType/malformed`` for a frame that could not be read.
        public var type: WorkspaceMessageType {
            switch self {
            case .missingPayload(let type): type
            case .unknown(let message): message.type
            case .malformed: .malformed
            default: self.kind?.type ?? .malformed
            }
        }
    }
}

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

    /// All types that this version knows: those of the server, those of a client's commands, and ``malformed``.
    public static let known: [Self] = WorkspaceMessageKind.allCases.map(\.type) + [.malformed]
}

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

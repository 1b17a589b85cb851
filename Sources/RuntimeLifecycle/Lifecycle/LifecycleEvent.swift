/// Something that happened to a workspace.
public struct LifecycleEvent: Sendable, Hashable {
    /// The kind of event; new kinds may be added in a minor version.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        /// A stable name; the event of a step has the name of the step.
        public let description: String

        init(description: String) { self.description = description }

        /// A verb succeeded.
        public static let completed = Self(description: "completed")
        /// A verb failed; `detail` says why.
        public static let failed = Self(description: "failed")
        /// Processes of a workspace were ended; `detail` names them and the reason.
        public static let ended = Self(description: "ended")
        /// A runtime started by this process ended; `detail` is its exit code.
        public static let runtimeEnded = Self(description: "runtimeEnded")
        /// A corrupt record was found; `detail` says what is wrong with it.
        public static let journalCorrupt = Self(description: "journalCorrupt")
        /// A request was merged into one that will be served later.
        public static let merged = Self(description: "merged")
        /// A request ended because another one has a higher rank; `detail` names that one.
        public static let superseded = Self(description: "superseded")
        /// Reactive restarts are delayed; `detail` says how long.
        public static let delayed = Self(description: "delayed")
        /// The budget for reactive restarts is used up.
        public static let gaveUp = Self(description: "gaveUp")
    }

    /// The workspace.
    public let workspace: WorkspaceID
    /// The verb that was running.
    public let verb: LifecycleVerb
    /// The generation of the event; 0 before the first one.
    public let generation: UInt64
    /// What happened.
    public let kind: Kind
    /// More information in words, if there is any.
    public let detail: String?
}

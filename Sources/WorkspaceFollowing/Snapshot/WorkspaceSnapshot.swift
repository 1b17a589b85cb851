public import WorkspaceProtocol

/// What is known of a followed workspace now: readable at any time, without waiting.
///
/// It changes in the step in which elements are handed to the consumer. So whoever has an element never sees a snapshot
/// that is older than it.
public struct WorkspaceSnapshot: Sendable {
    /// The state of the connection.
    public var connection: FollowerState
    /// Since when, by our clock, in milliseconds since 1970-01-01T00:00:00Z.
    public var connectionSince: Int64
    /// The number of elements that were handed out so far.
    public var elements: Int
    /// The last status of each repository; the key is empty in a workspace with one repository.
    ///
    /// Without diffs, unless ``FollowerConfiguration/keepsDiffs`` is set.
    public var repositories: [String: Repository]
    /// The processes that run, and the last 64 that have ended.
    public var processes: [String: Process]
    /// The end of the shell's output, at most 16 KiB.
    public var shell: Shell

    /// How current a part is.
    @nonexhaustive public enum Freshness: Sendable, Hashable {
        /// The connection is live, and the part was received on it or recovered.
        case fresh
        /// It may be out of date since then, in milliseconds since 1970-01-01T00:00:00Z.
        case staleSince(Int64)
        /// Nothing was ever received.
        case unknown
    }

    /// A repository.
    public struct Repository: Sendable, Hashable {
        /// The last status.
        public var status: GitStatus
        /// How current it is.
        public var freshness: Freshness
    }

    /// A process.
    public struct Process: Sendable, Hashable {
        /// The last status.
        ///
        /// Its state is `ended` if the runtime has forgotten the process while the connection was lost; then the exit
        /// code is unknown.
        public var status: ProcessStatus
        /// How current it is.
        public var freshness: Freshness
        /// Whether it has ended.
        public var hasEnded: Bool
        /// The number of events with its output.
        public var outputs: Int
    }

    /// The default shell.
    public struct Shell: Sendable, Hashable {
        /// The end of its output, at most 16 KiB.
        public var tail: String
        /// How current it is.
        public var freshness: Freshness
    }
}

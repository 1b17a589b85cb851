/// How far a consumer has come in a workspace: from it, another follower can go on later, also in another program.
///
/// It holds what the consumer has taken, and nothing that still waits in the queue.
public struct FollowerPosition: Codable, Sendable, Equatable {
    /// The runtime; a follower that meets another one tells it by a gap `replaced`, and recovers nothing from it.
    public var instanceID: String?
    /// See ``FollowedEndpoint/generation``.
    public var generation: Int?
    /// The end of the shell's output that was taken.
    package var shell: ShellTail
    /// The last output of each process, and whether the process was known to run.
    public var processes: [ProcessPosition]
    /// The repositories.
    public var repositories: [RepositoryPosition]
    /// When the last element was taken, by our clock, in milliseconds since 1970-01-01T00:00:00Z.
    public var local: Int64
    /// The timestamp of the last event that was taken, in the same unit; nil if there was none.
    public var server: Int64?

    /// The last output of one stream of a process.
    public struct OutputPosition: Codable, Sendable, Hashable {
        /// `stdout` or `stderr`.
        public var stream: String
        /// The timestamp of the last piece, as on the wire.
        public var timestamp: String
        /// The length of the last piece, in bytes of UTF-8.
        public var length: Int
        /// How many pieces with this timestamp and length were taken; almost always 1.
        public var count: Int
    }

    /// One process.
    public struct ProcessPosition: Codable, Sendable, Hashable {
        /// The id.
        public var id: String
        /// The id of its session, its kind and its command, to tell its end if the runtime has forgotten it.
        public var sessionID: String
        /// See ``sessionID``.
        public var kind: String
        /// See ``sessionID``.
        public var command: String
        /// The last output of each of its streams.
        public var outputs: [OutputPosition]
    }

    /// One repository.
    public struct RepositoryPosition: Codable, Sendable, Hashable {
        /// The name; nil in a workspace with one repository.
        public var name: String?
        /// The last head whose commits were taken; nil if none is known.
        public var head: String?
        /// Commits after it that were taken already, because the newest one comes first; each with its first parent.
        public var taken: [String: String]
        /// The last commits that were recovered; if they still come on the wire, they are dropped.
        public var recovered: [String]
    }
}

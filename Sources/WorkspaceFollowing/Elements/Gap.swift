/// A marker: between two elements of a followed workspace something may be missing.
///
/// A gap with the scope ``Scope/stream`` says that the connection was lost. What cannot be recovered from any answer may
/// be missing then: file changes, resets and switches of branches, the states of processes, errors. Shell output,
/// process output and commits are complete, unless a gap of their own scope follows. If its ``certainty`` is `unknown`,
/// output of processes that were started meanwhile may be missing, too: the list of the processes was not to be had.
public struct Gap: Sendable, Hashable {
    /// What may be missing.
    public var scope: Scope
    /// Why.
    public var cause: Cause
    /// The last moment before the gap.
    public var since: Moment
    /// The first moment after the gap.
    public var until: Moment
    /// What was recovered; the elements after the gap have it.
    public var recovered: Recovered
    /// How certain ``recovered`` is.
    public var certainty: Certainty
    /// How many events were dropped, if they were counted: for ``Cause/queueOverflow``; else nil.
    public var droppedEvents: Int?
    /// The heads between which commits may be missing; nil for other scopes.
    public var heads: Heads?

    /// Creates a gap.
    ///
    /// - Parameters:
    ///   - scope: See ``scope-swift.property``.
    ///   - cause: See ``cause-swift.property``.
    ///   - since: See ``since``.
    ///   - until: See ``until``.
    ///   - recovered: See ``recovered-swift.property``.
    ///   - certainty: See ``certainty-swift.property``.
    ///   - droppedEvents: See ``droppedEvents``.
    ///   - heads: See ``heads-swift.property``.
    public init(
        _ scope: Scope,
        cause: Cause,
        since: Moment,
        until: Moment,
        recovered: Recovered = .none,
        certainty: Certainty = .exact,
        droppedEvents: Int? = nil,
        heads: Heads? = nil
    ) {
        (self.scope, self.cause, self.since, self.until) = (scope, cause, since, until)
        (self.recovered, self.certainty, self.droppedEvents, self.heads) = (recovered, certainty, droppedEvents, heads)
    }
}

extension Gap {
    /// What may be missing.
    @nonexhaustive public enum Scope: Sendable, Hashable {
        /// Everything that no answer can recover; see ``Gap``.
        case stream
        /// Output of the default shell.
        case shell
        /// Output of a process, or its end.
        case process(id: String)
        /// Commits, or the status, of a repository; nil in a workspace with one.
        case git(repository: String?)
        /// Changes of files; nil in a workspace with one repository.
        case files(repository: String?)

        /// A stable name without ids and repositories, usable as a metric label.
        public var name: String {
            switch self {
            case .stream: "stream"
            case .shell: "shell"
            case .process: "process"
            case .git: "git"
            case .files: "files"
            }
        }
    }

    /// Why something may be missing.
    ///
    /// An open set: more may be added in a minor version.
    public struct Cause: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
        /// A stable name, usable as a metric label.
        public var rawValue: String

        /// Creates a value.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { self.rawValue }

        /// The connection was lost, and an answer did not come, or can't say.
        public static let disconnected = Self(rawValue: "disconnected")
        /// The runtime may have dropped events, because they were not read in time; it does not tell.
        public static let suspectedDrop = Self(rawValue: "suspectedDrop")
        /// The runtime keeps only the last output, and older output was replaced.
        public static let evicted = Self(rawValue: "evicted")
        /// The process, or the shell, has ended, and the runtime has forgotten its output.
        public static let ended = Self(rawValue: "ended")
        /// Another instance or generation of the runtime is followed from now on.
        public static let replaced = Self(rawValue: "replaced")
        /// The consumer did not take the events in time, and the queue dropped some by its policy.
        public static let queueOverflow = Self(rawValue: "queueOverflow")
        /// A question about what is missing had no answer; only for the permission requests of an agent.
        public static let unanswered = Self(rawValue: "unanswered")
        /// A log has deleted the events already.
        public static let expired = Self(rawValue: "expired")
        /// Another program has taken over the workspace, or given it to us.
        public static let handover = Self(rawValue: "handover")
    }

    /// A moment, by two clocks.
    public struct Moment: Sendable, Hashable {
        /// Our clock, in milliseconds since 1970-01-01T00:00:00Z.
        public var local: Int64
        /// The timestamp of the runtime's event next to the gap, in the same unit; nil if there was none.
        public var server: Int64?

        /// Creates a moment.
        ///
        /// - Parameters:
        ///   - local: See ``local``.
        ///   - server: See ``server``.
        public init(local: Int64, server: Int64? = nil) { (self.local, self.server) = (local, server) }
    }

    /// What was recovered.
    @nonexhaustive public enum Recovered: Sendable, Hashable {
        /// Nothing, or nothing can be.
        case none
        /// This many events.
        case events(Int)
        /// This many bytes of output.
        case bytes(Int)
        /// Everything that was missing.
        case all
    }

    /// How certain it is what was recovered.
    @nonexhaustive public enum Certainty: String, Sendable, Hashable, Codable {
        /// What was recovered, and that the rest is missing, is certain.
        case exact
        /// The output repeats itself, so some of what was recovered may have been delivered before.
        case ambiguous
        /// It is not known whether anything is missing.
        case unknown
    }

    /// The heads of a branch around a gap.
    public struct Heads: Sendable, Hashable {
        /// The last commit that was delivered; nil if none was.
        public var from: String?
        /// The head after the gap; nil if it is not known.
        public var to: String?

        /// Creates a pair.
        ///
        /// - Parameters:
        ///   - from: See ``from``.
        ///   - to: See ``to``.
        public init(from: String?, to: String?) { (self.from, self.to) = (from, to) }
    }
}

public import AgentRuntime
public import WebSocketProtocol

/// How a follower reconnects, what it recovers, and how much it keeps.
public struct FollowerConfiguration: Sendable {
    /// How it reaches the runtime, and how its streams behave.
    ///
    /// `maximumQueuedEvents` and `maximumQueuedBytes` are not used: ``queue`` replaces them.
    public var runtime = AgentRuntimeConfiguration()
    /// When it tries again.
    public var reconnect = ReconnectPolicy()
    /// What it does to recover what was missed.
    public var recovery = RecoveryPolicy()
    /// How many events may wait for the consumer, and what happens then.
    public var queue = FollowerQueuePolicy()
    /// How the agent stream behaves that is followed, too: its time limits and bounds, and who answers the requests of
    /// the server.
    ///
    /// Default: nil; then a ``WorkspaceFollower`` leaves the agent stream alone, and an ``AgentFollower`` takes the
    /// defaults.
    public var agent: AgentStreamConfiguration?
    /// Whether ``WorkspaceSnapshot`` keeps the diffs of files; they can have megabytes.
    ///
    /// Default: false.
    public var keepsDiffs = false
    /// Gets what happens to the follower, for metrics.
    ///
    /// Default: nil.
    public var observer: FollowerObserver?
    /// The bounds of dials; followers that share it share the bounds.
    ///
    /// Default: ``DialLimiter/shared``. With a clock of its own (`runtime.clock`), a follower never uses that one. If
    /// several followers on such a clock should share bounds, give them a limiter.
    public var dialLimiter = DialLimiter.shared

    /// Creates the default configuration; you can change single properties.
    public init() {}
}

extension FollowerConfiguration {
    /// The configuration of a follower on a clock; nil means that of the system.
    ///
    /// Followers on another clock must not share the bounds of everybody: while that clock stands still, all would wait.
    func on(_ clock: (any Clock<Duration>)?) -> Self {
        guard clock != nil, self.dialLimiter === DialLimiter.shared else { return self }
        var configuration = self
        configuration.dialLimiter = DialLimiter()
        return configuration
    }
}

/// When a follower tries to connect again.
///
/// The first retry comes after a random time up to ``firstRetry``. Later ones come after a random time between
/// ``shortestWait`` and a bound: ``base`` for the second retry, then twice as much each time, at most ``longestWait``.
/// The count starts again when a connection has been live for ``resetAfter``.
public struct ReconnectPolicy: Sendable {
    /// The longest wait before the first retry.
    ///
    /// Default: 250 ms.
    public var firstRetry = Duration.milliseconds(250)
    /// The shortest wait before a later retry.
    ///
    /// Default: 100 ms.
    public var shortestWait = Duration.milliseconds(100)
    /// The bound of the wait before the second retry; it doubles with each further one.
    ///
    /// Default: 500 ms.
    public var base = Duration.milliseconds(500)
    /// The bound of every wait.
    ///
    /// Default: 20 s.
    public var longestWait = Duration.seconds(20)
    /// How long a connection must be live until the count of attempts starts again.
    ///
    /// Default: 10 s.
    public var resetAfter = Duration.seconds(10)
    /// The longest `Retry-After` that is honoured; a longer one counts as this.
    ///
    /// Default: 5 min.
    public var longestRetryAfter = Duration.seconds(300)
    /// The number of attempts that may fail one after the other; nil for no bound.
    ///
    /// Default: nil.
    public var maximumAttempts: Int?
    /// How long the connection may be lost; nil for no bound.
    ///
    /// Default: nil. When an attempt fails after this time, the follower gives up.
    public var maximumTime: Duration?
    /// Replaces the advice of single failures; nil keeps the table of docs/FOLLOWING.md.
    ///
    /// It gets the failure with the advice of the table, and returns the advice to follow. It must not wait.
    public var advice: (@Sendable (FollowerFailure) -> RetryAdvice)?

    /// Creates the default policy; you can change single properties.
    public init() {}
}

/// What a follower does to recover what was missed.
public struct RecoveryPolicy: Sendable {
    /// The time limit for all requests of one recovery.
    ///
    /// Default: 5 s. What has no answer then is a gap.
    public var timeout = Duration.seconds(5)
    /// The number of requests at the same time.
    ///
    /// Default: 4.
    public var maximumRequests = 4
    /// How long the recovery waits for the status of each known repository, before it asks for it.
    ///
    /// Default: 2 s.
    public var statusWait = Duration.seconds(2)
    /// The number of live events that are held back during a recovery; then reading stops.
    ///
    /// Default: 1,024. Statuses of repositories do not count: only the latest of each is kept.
    public var maximumHeldEvents = 1024
    /// The size of the live events that are held back, in bytes on the wire; then reading stops.
    ///
    /// Default: 1 MiB.
    public var maximumHeldBytes = 1 << 20
    /// The number of commits that are asked for in one repository.
    ///
    /// Default: 1,000. If there are more, a gap names the heads.
    public var maximumCommits = 1000
    /// The time between two audits of the output of running processes; nil for none.
    ///
    /// Default: 5 min. An audit finds what the runtime has dropped because it was not read in time. It also runs soon
    /// after a pause of our reading, and after ``burst`` events in one read.
    public var auditInterval: Duration? = .seconds(300)
    /// The number of events in one read after which the runtime may have dropped some.
    ///
    /// Default: 100, the size of a channel in agentctl.
    public var burst = 100
    /// The shortest time between two audits.
    ///
    /// Default: 1 s.
    public var shortestAuditInterval = Duration.seconds(1)

    /// Creates the default policy; you can change single properties.
    public init() {}
}

/// How many elements may wait for the consumer of a follower, and what happens when there is no room.
///
/// By default only the latest `git_status` of each repository waits, and changes of files are joined to a `refresh` beyond
/// ``maximumFileChanges``. Output of the shell and of processes follows ``shellOutput`` and ``processOutput``. Everything
/// else is never dropped: when there is no room, reading from the socket stops.
public struct FollowerQueuePolicy: Sendable {
    /// What happens to output when there is no room.
    @nonexhaustive public enum Output: String, Sendable, Hashable {
        /// Reading from the socket stops until there is room; the runtime may drop events then.
        case wait
        /// The oldest output is dropped, and a gap in its place counts it.
        case dropOldest
    }

    /// What happens to statuses of a repository that wait.
    @nonexhaustive public enum Status: String, Sendable, Hashable {
        /// Only the latest of each repository waits.
        case latest
        /// All wait.
        case all
    }

    /// What happens to changes of files that wait.
    @nonexhaustive public enum FileChange: String, Sendable, Hashable {
        /// More than ``maximumFileChanges`` of one repository become one `refresh`.
        case join
        /// All wait.
        case all
    }

    /// Statuses of repositories.
    ///
    /// Default: `latest`.
    public var gitStatus = Status.latest
    /// Changes of files.
    ///
    /// Default: `join`.
    public var fileChange = FileChange.join
    /// The number of elements that may wait.
    ///
    /// Default: 16,384.
    public var maximumEvents = 16_384
    /// Their size, in bytes on the wire.
    ///
    /// Default: 16 MiB.
    public var maximumBytes = 16 << 20
    /// Output of the shell.
    ///
    /// Default: `wait`.
    public var shellOutput = Output.wait
    /// Output of processes.
    ///
    /// Default: `wait`.
    public var processOutput = Output.wait
    /// The number of file changes of one repository that may wait before they become one `refresh`.
    ///
    /// Default: 256.
    public var maximumFileChanges = 256
    /// Creates the default policy; you can change single properties.
    public init() {}
}

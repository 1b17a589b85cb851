public import AgentRuntime

/// Something that has happened to a follower; see ``FollowerObserver``.
public struct FollowerObservation: Sendable {
    /// Which stream of a runtime is followed.
    @nonexhaustive public enum Stream: String, Sendable, Hashable {
        /// The workspace stream.
        case workspace
        /// The agent stream.
        case agent
    }

    /// What has happened.
    @nonexhaustive public enum Kind: Sendable {
        /// The state of the connection has changed; the first change is from `idle`, the last one to `gone`.
        ///
        /// The observation of `gone` can come shortly after ``WorkspaceFollower/close(within:)`` has returned.
        case changed(from: FollowerState, to: FollowerState)
        /// The connection was lost, or an attempt has failed, and another attempt follows.
        case reconnecting(FollowerFailure)
        /// A dial has ended, by success or by an error; not if it was cancelled. The time is that of the dial alone,
        /// without the wait for its turn.
        case dialled(Duration, error: AgentRuntimeError?)
        /// Something may be missing; the element with this gap waits for the consumer.
        case gap(Gap)
        /// What was missed was looked for, and what was found waits for the consumer.
        case recovered(FollowerRecovery)
        /// What has come, and what waits; only for the workspace stream.
        case progressed(FollowerProgress)
    }

    /// The stream.
    public let stream: Stream
    /// What has happened.
    public let kind: Kind

    /// Creates an observation, for tests.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - kind: What has happened.
    public init(_ stream: Stream, _ kind: Kind) { (self.stream, self.kind) = (stream, kind) }
}

/// A recovery, or an audit, that has ended.
public struct FollowerRecovery: Sendable, Hashable {
    /// Why the runtime was asked.
    @nonexhaustive public enum Occasion: String, Sendable, Hashable {
        /// The connection was lost.
        case reconnect
        /// The runtime may have dropped events on a live connection, or an interval was over.
        case audit
    }

    /// Why the runtime was asked.
    public var occasion: Occasion
    /// The time from the first question until everything was delivered.
    public var duration: Duration
    /// The number of recovered events; for an agent stream that of the permission requests that wait.
    public var events: Int
    /// The size of the output in them, of the shell and of processes, in bytes.
    public var bytes: Int

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - occasion: See ``occasion-swift.property``.
    ///   - duration: See ``duration``.
    ///   - events: See ``events``.
    ///   - bytes: See ``bytes``.
    public init(_ occasion: Occasion, duration: Duration, events: Int, bytes: Int) {
        (self.occasion, self.duration, self.events, self.bytes) = (occasion, duration, events, bytes)
    }
}

/// What has come on a stream since the last observation of this kind, and what waits now.
public struct FollowerProgress: Sendable, Hashable {
    /// The events that came on the wire.
    public var events = 0
    /// Their size on the wire, in bytes.
    public var bytes = 0
    /// See ``FollowerStatistics/duplicates``.
    public var duplicates = 0
    /// See ``FollowerStatistics/supersededStatuses``.
    public var supersededStatuses = 0
    /// See ``FollowerStatistics/joinedFileChanges``.
    public var joinedFileChanges = 0
    /// See ``FollowerStatistics/droppedOutputs``.
    public var droppedOutputs = 0
    /// See ``FollowerStatistics/pauses``.
    public var pauses = 0
    /// The elements that wait for the consumer now.
    public var queuedElements = 0
    /// Their size now, in bytes.
    public var queuedBytes = 0

    /// Creates a value with zeros.
    public init() {}

    /// What was added since an earlier value; the queue is that of now.
    func since(_ earlier: Self) -> Self {
        var difference = self
        difference.events -= earlier.events
        difference.bytes -= earlier.bytes
        difference.duplicates -= earlier.duplicates
        difference.supersededStatuses -= earlier.supersededStatuses
        difference.joinedFileChanges -= earlier.joinedFileChanges
        difference.droppedOutputs -= earlier.droppedOutputs
        difference.pauses -= earlier.pauses
        return difference
    }
}

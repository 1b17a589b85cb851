public import WorkspaceProtocol

/// The counters of a follower since its start.
public struct FollowerStatistics: Sendable, Hashable {
    /// The events that came on the wire and were delivered, or wait to be.
    public var events = 0
    /// Their size on the wire, in bytes.
    public var bytes = 0
    /// The same events by their type.
    public var eventsByType: [WorkspaceMessageType: Int] = [:]
    /// The events that were recovered.
    public var recovered = 0
    /// The gaps.
    public var gaps = 0
    /// The connections that were lost.
    public var losses = 0
    /// The attempts to connect.
    public var attempts = 0
    /// The events that came on the wire although they had been recovered; they were dropped.
    public var duplicates = 0
    /// Statuses that a newer one has replaced while they waited.
    public var supersededStatuses = 0
    /// File changes that became a part of a `refresh` while they waited.
    public var joinedFileChanges = 0
    /// Pieces of output that were dropped because the consumer did not take them; gaps tell of them.
    public var droppedOutputs = 0
    /// How often reading from the socket stopped because there was no room.
    public var pauses = 0
    /// The audits of the output of processes.
    public var audits = 0
    /// The processes that have ended.
    ///
    /// agentctl can lose the last output of a process at its end, before it reaches a socket or a ring (8 of 60 runs of
    /// `echo`). Nobody can know whether it did, so no gap tells of it; this number says how often it may have happened.
    public var processEnds = 0

    /// Creates counters that are zero.
    public init() {}
}

import AgentRuntime

/// How the followers of a fleet behave, and how much all of them keep.
public struct FleetConfiguration: Sendable {
    /// How each follower reconnects, what it recovers, and how much it keeps at most.
    ///
    /// All of them share its ``FollowerConfiguration/dialLimiter``.
    public var follower = FollowerConfiguration()
    /// How much may wait in all followers together, in bytes.
    ///
    /// Default: 256 MiB. Counted are the bytes on the wire of the events that wait for the consumer, or are held back
    /// during a recovery, and 64 bytes for each. If there are more workspaces than it has guarantees for, it grows with
    /// their number. It bounds what was received: an event that comes while the budget is used up is still taken, and
    /// then reading from its socket stops.
    public var memoryBudget = 256 << 20
    /// How much may wait in one follower in any case, in bytes; nobody else can use it.
    ///
    /// Default: 64 KiB.
    public var guaranteedBytes = 64 << 10
    /// How much the consumer takes from one workspace before it comes to the next one, in bytes.
    ///
    /// Default: 64 KiB; at least 1 KiB. One element may exceed it.
    public var quantum = 64 << 10

    /// Creates the default configuration; you can change single properties.
    public init() {}

    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `invalidConfiguration`.
    func validate() throws(AgentRuntimeError) {
        try self.follower.validate()
        let sizes = [
            ("memoryBudget", self.memoryBudget, 1...1 << 50), ("guaranteedBytes", self.guaranteedBytes, 1...1 << 30),
            // A debt is paid in steps of a quantum.
            ("quantum", self.quantum, 1024...1 << 30),
        ]
        for (name, value, range) in sizes where !range.contains(value) {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound) bytes."
            )
        }
    }
}

import WebSocketProtocol

/// What a fleet knows of one workspace now.
public struct FleetMemberState: Sendable {
    /// The id of the workspace.
    public var workspace: String
    /// The state of its connection.
    ///
    /// While it waits, it has the number of the next attempt, when it comes, and why.
    public var connection: FollowerState
    /// Since when, by our clock, in milliseconds since 1970-01-01T00:00:00Z.
    public var since: Int64
    /// Whether the workspace is being left.
    public var isLeaving: Bool
    /// The failed attempts since the connection was last good.
    public var failedAttempts: Int
    /// Why the connection was lost last, or an attempt failed; nil if that never happened.
    public var lastFailure: FollowerFailure?
    /// The time of the last ping and its answer; nil before there was one, and without a connection.
    public var roundTrip: Duration?
    /// The counters since the start; among them events, bytes, gaps, and what was dropped, by its kind.
    public var statistics: FollowerStatistics
    /// When the last event came, by our clock, in milliseconds since 1970; nil if none has come.
    public var lastEvent: Int64?
    /// How many elements wait for the consumer.
    public var queuedElements: Int
    /// What waits for the consumer or is held back, in bytes as ``FleetConfiguration/memoryBudget`` counts them.
    public var queuedBytes: Int
    /// Whether the memory budget of the fleet has paused the reading of its socket.
    public var isPaused: Bool
    /// How often the code that takes its elements has thrown; 0 if the consumer of the fleet takes them.
    public var childErrors = 0
    /// The last error of that code, in words; nil if there was none.
    public var lastChildError: String?
    /// What to do, in words, if file descriptors are missing; else nil.
    ///
    /// See ``FleetDescriptors``.
    public var advice: String?
    /// When this was read, by our clock, in milliseconds since 1970.
    public var at: Int64

    /// How much came since an earlier state of the same workspace.
    ///
    /// - Parameter earlier: The earlier state.
    /// - Returns: Events and bytes per second; zero if no time has passed.
    public func rates(since earlier: Self) -> (events: Double, bytes: Double) {
        let seconds = Double(self.at - earlier.at) / 1000
        guard seconds > 0 else { return (0, 0) }
        return (
            Double(self.statistics.events - earlier.statistics.events) / seconds,
            Double(self.statistics.bytes - earlier.statistics.bytes) / seconds
        )
    }

    /// Why it is not live, in words; nil if it is.
    public var trouble: String? {
        let failure = self.lastFailure.map { ": \($0.description)" } ?? ""
        switch self.connection {
        case .live: return nil
        case .idle, .recovering: return self.connection.name
        case .dialling(let attempt): return attempt > 1 ? "dialling, attempt \(attempt)\(failure)" : "dialling"
        case .waiting(let wait): return "waiting before attempt \(wait.attempt)\(failure)"
        case .gone: return "gone\(failure)"
        }
    }
}

/// The states of the workspaces that were awaited in vain: the cause of the error of
/// ``WorkspaceFleet/waitUntilAll(_:timeout:)``.
public struct FleetMissing: Error, Sendable {
    /// The workspaces that are not live.
    public let states: [FleetMemberState]

    /// Their ids, and why each is not live, at most ten of them.
    var text: String {
        let shown = self.states.prefix(10).map { state in
            "\(PeerText(body: Array(state.workspace.utf8))) (\(state.trouble ?? "live"))"
        }
        let more = self.states.count - shown.count
        return shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }
}

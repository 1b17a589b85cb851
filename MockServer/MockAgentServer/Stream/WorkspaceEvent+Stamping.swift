import WorkspaceProtocol

extension WorkspaceEvent {
    /// The event with the current time in each missing timestamp, in the envelope and in the payload.
    var stamped: WorkspaceEvent {
        // Unknown and malformed messages are written as they were received.
        switch self.content {
        case .unknown, .malformed: return self
        default: return WorkspaceEvent(self.content.stamped, timestamp: self.timestamp ?? WallClock.milliseconds)
        }
    }
}

extension WorkspaceEvent.Content {
    fileprivate var stamped: Self {
        switch self {
        case .gitStatus(let payload): .gitStatus(payload.stamped(\.timestamp))
        case .gitCommit(let payload): .gitCommit(payload.stamped(\.timestamp).stamped(\.committedAt))
        case .gitReset(let payload): .gitReset(payload.stamped(\.timestamp))
        case .branchSwitch(let payload): .branchSwitch(payload.stamped(\.timestamp))
        case .fileChange(let payload): .fileChange(payload.stamped(\.timestamp))
        case .processOutput(let payload): .processOutput(payload.stampedUniquely)
        case .processStatus(let payload): .processStatus(payload.stamped(\.timestamp))
        default: self
        }
    }
}

/// A payload that has its own timestamps.
private protocol Stamped {}

extension Stamped {
    /// The payload with the current time at `key`, if there is none.
    fileprivate func stamped(_ key: WritableKeyPath<Self, RFC3339Timestamp>) -> Self {
        guard self[keyPath: key].rawValue.isEmpty else { return self }
        var copy = self
        copy[keyPath: key] = WallClock.timestamp
        return copy
    }
}

extension ProcessOutput {
    /// A ring finds an output again by its timestamp, which has nanoseconds.
    fileprivate var stampedUniquely: Self {
        guard self.timestamp.rawValue.isEmpty else { return self }
        var copy = self
        copy.timestamp = WallClock.uniqueTimestamp
        return copy
    }
}

extension GitStatus: Stamped {}
extension GitCommit: Stamped {}
extension GitReset: Stamped {}
extension BranchSwitch: Stamped {}
extension FileChange: Stamped {}
extension ProcessStatus: Stamped {}

import WebSocketProtocol
import WorkspaceFollowing

/// When a followed tail tries again: the table of the follower, with the exceptions of a command that people start.
struct TailRetries: Sendable {
    /// Whether to try again while there was no connection yet.
    var waits = false
    let source: TailEndpointSource

    /// - Parameter failure: The failure, with the advice of the follower's table.
    /// - Returns: The advice to follow.
    func advice(for failure: FollowerFailure) -> RetryAdvice {
        if Self.isNormalClose(failure) { return .never }
        // A wrong address should be told at once, and not be tried for ever.
        guard failure.hadAttached || self.waits else { return .never }
        // The follower can't read the errors of the journal.
        if failure.kind == .source, self.source.lastError != nil { return self.source.isWaiting ? .backOff : .never }
        return failure.retry
    }

    /// Whether the server has said that it is done; then it is not lost.
    private static func isNormalClose(_ failure: FollowerFailure) -> Bool {
        guard failure.kind == .closedByServer else { return false }
        return failure.closeCode == nil || failure.closeCode == .normalClosure || failure.closeCode == .goingAway
    }
}

import AgentRuntime
import WebSocketProtocol

extension ReconnectPolicy {
    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: The attempts that have failed, 1 or more.
    ///   - advice: The advice of the last failure.
    ///   - random: A number from 0 to 1.
    /// - Returns: The wait.
    func delay(after failures: Int, _ advice: RetryAdvice, random: Double) -> Duration {
        let random = min(1, max(0, random))
        if case .after(let time) = advice {
            // Clients that were refused together must not come back together.
            return min(time, self.longestRetryAfter) + self.firstRetry * random
        }
        guard failures > 1 else { return self.firstRetry * random }
        let exponent = min(failures - 2, 30)
        let bound = max(self.shortestWait, min(self.longestWait, self.base * Double(1 << exponent)))
        return self.shortestWait + (bound - self.shortestWait) * random
    }
}

extension FollowerFailure {
    /// Whether the instance is gone: its port belongs to another one, or nobody listens there behind an open stream.
    var isInstanceGone: Bool { self.error?.code == .instanceGone }
}

extension Duration {
    /// The whole milliseconds, rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

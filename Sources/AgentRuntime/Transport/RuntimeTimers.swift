import NIOCore
import NIOPosix

/// The timers of the client; tests replace them.
package protocol RuntimeTimers: Sendable {
    /// Calls `work` once after a delay, unless the timer is cancelled before.
    ///
    /// - Parameters:
    ///   - delay: The delay.
    ///   - work: Must not wait.
    /// - Returns: The timer; cancel it when it is no longer needed.
    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer
}

/// One timer.
package protocol RuntimeTimer: Sendable {
    /// Cancels the timer; does nothing if it has fired.
    func cancel()
}

/// The timers of SwiftNIO's event loops.
struct EventLoopTimers: RuntimeTimers {
    private struct Timer: RuntimeTimer {
        let task: Scheduled<Void>

        func cancel() { self.task.cancel() }
    }

    /// The event loops; nil means the process-wide group.
    var group: (any EventLoopGroup)?

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let eventLoop = (self.group ?? MultiThreadedEventLoopGroup.singleton).any()
        return Timer(task: eventLoop.scheduleTask(in: TimeAmount(delay), work))
    }
}

/// The timers of a clock; with a clock that a test drives, the limits of a client pass without waiting.
package struct ClockTimers: RuntimeTimers {
    private struct Timer: RuntimeTimer {
        let task: Task<Void, Never>

        func cancel() { self.task.cancel() }
    }

    private let sleep: @Sendable (Duration) async throws -> Void

    package init(_ clock: some Clock<Duration>) {
        self.sleep = { duration in try await clock.sleep(for: duration) }
    }

    package func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        Timer(
            task: Task {
                do { try await self.sleep(delay) } catch { return }
                if !Task.isCancelled { work() }
            }
        )
    }
}

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

    /// The time on the clock of the timers, since some moment before.
    var now: Duration { get }
}

extension RuntimeTimers {
    /// The monotonic time of the system.
    package var now: Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }
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

    private typealias Sleep = @Sendable () async throws -> Void

    /// Makes the wait of one timer, whose time begins now.
    private let wait: @Sendable (Duration) -> Sleep
    private let time: @Sendable () -> Duration

    package init(_ clock: some Clock<Duration>) {
        let begin = clock.now
        self.time = { begin.duration(to: clock.now) }
        self.wait = { delay in
            // Not in the task: the clock may be advanced before the task runs.
            let deadline = clock.now.advanced(by: delay)
            return { try await clock.sleep(until: deadline, tolerance: nil) }
        }
    }

    package var now: Duration { self.time() }

    package func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let wait = self.wait(delay)
        return Timer(
            task: Task {
                do { try await wait() } catch { return }
                if !Task.isCancelled { work() }
            }
        )
    }
}

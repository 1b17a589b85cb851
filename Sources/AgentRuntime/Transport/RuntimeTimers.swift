import NIOCore
import NIOPosix

/// How the client lets time pass: the seam between its bounds and the clock.
package protocol RuntimeTimers: Sendable {
    /// Has `work` called once after a time, unless it is cancelled before.
    ///
    /// - Parameters:
    ///   - delay: The time.
    ///   - work: Must not wait.
    /// - Returns: The timer; cancel it when it is not needed any more.
    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer
}

/// One timer.
package protocol RuntimeTimer: Sendable {
    /// Makes the timer not fire, if it has not yet.
    func cancel()
}

/// The timers of SwiftNIO's event loops.
struct EventLoopTimers: RuntimeTimers {
    private struct Timer: RuntimeTimer {
        let task: Scheduled<Void>

        func cancel() { self.task.cancel() }
    }

    /// The event loops, or nil for the process-wide group.
    var group: (any EventLoopGroup)?

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let eventLoop = (self.group ?? MultiThreadedEventLoopGroup.singleton).any()
        return Timer(task: eventLoop.scheduleTask(in: TimeAmount(delay), work))
    }
}

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

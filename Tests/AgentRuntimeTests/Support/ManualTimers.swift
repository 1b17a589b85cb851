import AgentRuntime
import ConcurrencyPrimitives
import WebSocketTransport

/// Timers that fire only when the test wants it.
final class ManualTimers: RuntimeTimers {
    private final class Timer: RuntimeTimer {
        let delay: Duration
        private let work: Locked<(@Sendable () -> Void)?>

        init(_ delay: Duration, _ work: @escaping @Sendable () -> Void) {
            self.delay = delay
            self.work = Locked(work)
        }

        var isSet: Bool { self.work.withLock { $0 != nil } }

        func cancel() { self.work.withLock { $0 = nil } }
        func fire() { self.work.withLock { $0.take() }?() }
    }

    private let timers = Locked<[Timer]>([])

    /// The delays of the timers that are set.
    var delays: [Duration] { self.timers.withLock { $0 }.filter(\.isSet).map(\.delay) }

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let timer = Timer(delay, work)
        self.timers.withLock { $0.append(timer) }
        return timer
    }

    /// Fires the timers with this delay.
    func fire(after delay: Duration) {
        for timer in self.timers.withLock({ $0 }) where timer.delay == delay { timer.fire() }
    }

    /// Fires all timers.
    func fireAll() {
        for timer in self.timers.withLock({ $0 }) { timer.fire() }
    }
}

import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketTransport

/// The clock of a schedule; the seed decides when its time moves.
final class ScheduledTimers: RuntimeTimers {
    private final class Timer: RuntimeTimer {
        private let work: Locked<(@Sendable () -> Void)?>
        private let isSetCount: Locked<Int>

        init(_ isSetCount: Locked<Int>, _ work: @escaping @Sendable () -> Void) {
            self.isSetCount = isSetCount
            self.work = Locked(work)
            isSetCount.withLock { $0 += 1 }
        }

        func cancel() { _ = self.take() }
        func fire() { self.take()?() }

        private func take() -> (@Sendable () -> Void)? {
            let work = self.work.withLock { $0.take() }
            if work != nil { self.isSetCount.withLock { $0 -= 1 } }
            return work
        }
    }

    private let executor: SeededExecutor
    private let isSetCount = Locked(0)

    init(executor: SeededExecutor) { self.executor = executor }

    /// The number of timers that were set, and have neither fired nor been cancelled.
    var count: Int { self.isSetCount.withLock { $0 } }

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let timer = Timer(self.isSetCount, work)
        self.executor.post(after: delay) { timer.fire() }
        return timer
    }
}

import ConcurrencyPrimitives
import WebSocketTransport

/// A clock on which every sleep ends at once; only sleeping makes its time pass.
final class LeapingClock: Clock, Sendable {
    typealias Instant = ManualClock.Instant

    private let time = Locked(Instant(offset: .zero))

    var now: Instant { self.time.withLock { $0 } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        self.time.withLock { $0 = max($0, deadline) }
    }
}

import ConcurrencyPrimitives
import WebSocketTransport

/// A clock whose sleepers wait until the test releases them; after that, each sleep takes at most a millisecond.
struct GatedClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let gate = Promise<Void>()

    var now: Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await self.gate.waitUnlessCancelled()
        try await ContinuousClock().sleep(for: .milliseconds(1))
    }

    func letSleepersGo() { self.gate.resolve(()) }
}

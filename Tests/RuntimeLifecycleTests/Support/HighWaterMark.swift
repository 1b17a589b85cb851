import ConcurrencyPrimitives

@testable import RuntimeLifecycle

/// Counts how many tasks are inside at the same time, and keeps the maximum.
final class HighWaterMark: Sendable {
    private let counts = Locked((inside: 0, most: 0))

    var most: Int { self.counts.withLock { $0.most } }

    func enter() {
        self.counts.withLock { counts in
            counts.inside += 1
            counts.most = max(counts.most, counts.inside)
        }
    }

    func leave() { self.counts.withLock { $0.inside -= 1 } }
}

import Synchronization

/// A number that many tasks count up and any task reads.
package final class Counter: Sendable {
    private let number = Atomic(0)

    package init() {}

    /// The number now.
    package var value: Int { self.number.load(ordering: .acquiring) }

    /// Counts up by one.
    package func increment() { self.number.add(1, ordering: .acquiringAndReleasing) }
}

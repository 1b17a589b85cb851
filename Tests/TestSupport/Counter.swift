import Synchronization

/// A number that many tasks can increment and read.
package final class Counter: Sendable {
    private let number = Atomic(0)

    package init() {}

    /// The current number.
    package var value: Int { self.number.load(ordering: .acquiring) }

    /// Adds one.
    package func increment() { self.number.add(1, ordering: .acquiringAndReleasing) }
}

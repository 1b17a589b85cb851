import Synchronization

/// A batch in the hands of a consumer, with the number of elements that it has taken so far.
///
/// The consumer counts without a lock, and the follower reads the number, so that snapshot and position are exact to the
/// single element.
@usableFromInline
final class HandedBatch: Sendable {
    @usableFromInline let elements: [FollowedElement]
    private let count = Atomic(0)

    init(_ elements: [FollowedElement]) { self.elements = elements }

    /// The number of elements that the consumer has taken.
    var taken: Int { self.count.load(ordering: .acquiring) }

    /// The consumer takes the next element; one task at a time.
    @usableFromInline
    func takeNext() -> FollowedElement? {
        let index = self.count.load(ordering: .relaxed)
        guard index < self.elements.count else { return nil }
        self.count.store(index + 1, ordering: .releasing)
        return self.elements[index]
    }

    /// The consumer takes the rest.
    @usableFromInline
    func takeAll() -> [FollowedElement] {
        let index = self.count.exchange(self.elements.count, ordering: .acquiringAndReleasing)
        return index == 0 ? self.elements : Array(self.elements.dropFirst(index))
    }
}

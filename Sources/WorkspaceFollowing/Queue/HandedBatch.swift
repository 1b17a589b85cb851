import Synchronization

/// A batch in the hands of a consumer, with the number of elements that it has taken so far.
///
/// The consumer counts without a lock, and the follower reads the number, so that snapshot and position are exact to the
/// single element.
///
/// The follower uses a batch again when nobody else holds it, so that events that come alone need no new memory. That is
/// why it is unchecked: its elements are changed only behind the lock of the follower, and only when the batch is held
/// nowhere else.
@usableFromInline
final class HandedBatch: @unchecked Sendable {
    @exclusivity(unchecked) private(set) var elements: [FollowedElement]
    private let count = Atomic(0)

    init(_ elements: [FollowedElement] = []) { self.elements = elements }

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

// For the follower, while nobody else holds the batch.
extension HandedBatch {
    /// The most elements whose memory is kept for the next batch.
    private static let keptCapacity = 32

    /// Moves all elements out, in their order, and keeps their memory if it is small.
    func drain(_ use: (FollowedElement) -> Void) {
        if self.elements.count == 1, let element = self.elements.popLast() {
            // The most frequent case: nothing is copied.
            use(element)
        } else {
            for element in self.elements { use(element) }
            self.elements.removeAll(keepingCapacity: self.elements.capacity <= Self.keptCapacity)
        }
        self.count.store(0, ordering: .relaxed)
    }

    /// Fills an empty batch.
    ///
    /// - Parameter fill: Puts elements into the array; it may take the memory of the array.
    func fill(_ fill: (inout [FollowedElement]) -> Void) { fill(&self.elements) }
}

/// A queue from which any element can be withdrawn, not only the first; this is fast, even if the queue is long.
struct WithdrawableQueue<Element: Sendable>: Sendable {
    /// Identifies an element; never used twice.
    typealias Number = UInt64

    private var lastNumber: Number = 0
    /// In the order of their numbers; the element is nil if it was withdrawn.
    private var slots: [(number: Number, element: Element?)] = []
    private var head = 0
    /// The number of elements.
    private(set) var count = 0

    /// - Returns: The number with which the element can be withdrawn.
    mutating func append(_ element: Element) -> Number {
        self.lastNumber += 1
        self.slots.append((self.lastNumber, element))
        self.count += 1
        return self.lastNumber
    }

    /// Takes the oldest element.
    mutating func popFirst() -> Element? {
        guard self.count > 0 else { return nil }
        while true {
            let element = self.slots[self.head].element.take()
            self.head += 1
            guard let element else { continue }
            self.count -= 1
            self.compact()
            return element
        }
    }

    /// Withdraws an element.
    ///
    /// - Returns: The element, or nil if it is no longer in the queue.
    mutating func withdraw(_ number: Number) -> Element? {
        var (low, high) = (self.head, self.slots.count)
        while low < high {
            let middle = (low + high) / 2
            if self.slots[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < self.slots.count, self.slots[low].number == number, let element = self.slots[low].element.take()
        else { return nil }
        self.count -= 1
        self.compact()
        return element
    }

    /// Removes all elements after the first ones.
    ///
    /// - Parameter kept: The number of elements that stay.
    /// - Returns: The removed elements, oldest first.
    mutating func dropAll(butFirst kept: Int) -> [Element] {
        var elements: [Element] = []
        var stays: [(number: Number, element: Element?)] = []
        for slot in self.slots[self.head...] {
            guard let element = slot.element else { continue }
            if stays.count < kept { stays.append(slot) } else { elements.append(element) }
        }
        (self.slots, self.head, self.count) = (stays, 0, stays.count)
        return elements
    }

    /// Removes the empty slots if there are more of them than elements; a queue of at most 64 slots is not changed.
    private mutating func compact() {
        guard self.slots.count > 64, self.slots.count > self.count * 2 else { return }
        self.slots = self.slots[self.head...].filter { $0.element != nil }
        self.head = 0
    }
}

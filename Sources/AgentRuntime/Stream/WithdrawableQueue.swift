/// A queue from which any element can be taken back, in its turn or out of it, in little time however long it is.
struct WithdrawableQueue<Element: Sendable>: Sendable {
    /// Names an element; never used twice.
    typealias Number = UInt64

    private var lastNumber: Number = 0
    /// By rising number; nil where an element was taken back.
    private var slots: [(number: Number, element: Element?)] = []
    private var head = 0
    /// How many elements there are.
    private(set) var count = 0

    /// - Returns: The number by which it can be taken back.
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

    /// Takes an element back.
    ///
    /// - Returns: The element, or nil when it is not here any more.
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

    /// Takes all elements behind the first ones.
    ///
    /// - Parameter kept: How many stay.
    /// - Returns: The others, oldest first.
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

    /// Keeps no more empty slots than there are elements, but for a few.
    private mutating func compact() {
        guard self.slots.count > 64, self.slots.count > self.count * 2 else { return }
        self.slots = self.slots[self.head...].filter { $0.element != nil }
        self.head = 0
    }
}

import WorkspaceProtocol

/// Elements of many workspaces that are put in the order of their times, as a pure value.
///
/// Each element is held for a window of time after it came. Those of one workspace keep their order: one without a time,
/// or with a smaller one than the element before it, has the time of the element before it. A time in the future counts as
/// the time at which the element came, so that one wrong clock does not make all others late.
struct OrderedMerge: Sendable {
    private struct Held: Sendable {
        let element: FleetElement
        let time: Int64
        let number: Int
    }

    private let window: Duration
    /// How many elements may be held; then the first is given out early.
    private let limit: Int
    /// A binary heap by time, then by number.
    private var heap: [Held] = []
    /// When each element came, from ``oldest``; numbers count from 0.
    private var arrivals: [Duration] = []
    private var oldest = 0
    private var removed = 0
    /// The numbers that were given out before older ones.
    private var given: Set<Int> = []
    /// The time of the last element of each workspace, and how many of its elements are held.
    private var times: [String: (last: Int64, held: Int)] = [:]
    /// The time of the last element that was given out.
    private var last = Int64.min

    init(window: Duration, limit: Int) { (self.window, self.limit) = (window, max(1, limit)) }

    var isEmpty: Bool { self.heap.isEmpty }

    /// Holds an element.
    ///
    /// - Parameters:
    ///   - element: The element.
    ///   - now: When it came.
    ///   - wall: The same by our clock, in milliseconds since 1970.
    mutating func insert(_ element: FleetElement, now: Duration, wall: Int64 = .max) {
        let before = self.times[element.workspace] ?? (Int64.min, 0)
        let time = max(before.last, min(wall, element.element.eventTime ?? Int64.min))
        self.times[element.workspace] = (time, before.held + 1)
        self.push(Held(element: element, time: time, number: self.removed + self.arrivals.count))
        self.arrivals.append(now)
    }

    /// When the next element must be given out; nil if none is held.
    var due: Duration? { self.oldest < self.arrivals.count ? self.arrivals[self.oldest] + self.window : nil }

    /// Gives out the next element, if one is due.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isLast: Whether no more come; then nothing is held any more.
    /// - Returns: The element; nil if all must be held.
    mutating func next(now: Duration, isLast: Bool = false) -> FleetOrderedElement? {
        guard let due = self.due, isLast || now >= due || self.heap.count > self.limit, let held = self.pop() else {
            return nil
        }
        self.forget(held.element)
        self.given.insert(held.number)
        while self.oldest < self.arrivals.count, self.given.remove(self.removed + self.oldest) != nil {
            self.oldest += 1
        }
        if self.oldest > 1024, self.oldest > self.arrivals.count / 2 || self.oldest == self.arrivals.count {
            self.arrivals.removeFirst(self.oldest)
            (self.removed, self.oldest) = (self.removed + self.oldest, 0)
        }
        // An element without any time before it is never late.
        let isLate = held.time < self.last && held.time != Int64.min
        self.last = max(self.last, held.time)
        return FleetOrderedElement(held.element, isLate: isLate)
    }

    /// A workspace whose end is given out has no time any more, unless it is followed again and more of it is held.
    private mutating func forget(_ element: FleetElement) {
        guard let known = self.times[element.workspace] else { return }
        let isEnd = if case .connection(.gone) = element.element { true } else { false }
        self.times[element.workspace] = isEnd && known.held == 1 ? nil : (known.last, known.held - 1)
    }

    // MARK: The heap

    private static func isBefore(_ first: Held, _ second: Held) -> Bool {
        (first.time, first.number) < (second.time, second.number)
    }

    private mutating func push(_ held: Held) {
        self.heap.append(held)
        var index = self.heap.count - 1
        while index > 0, Self.isBefore(self.heap[index], self.heap[(index - 1) / 2]) {
            self.heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func pop() -> Held? {
        guard !self.heap.isEmpty else { return nil }
        self.heap.swapAt(0, self.heap.count - 1)
        let first = self.heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < self.heap.count {
                if Self.isBefore(self.heap[child], self.heap[least]) { least = child }
            }
            if least == index { return first }
            self.heap.swapAt(index, least)
            index = least
        }
    }
}

extension FollowedElement {
    /// The time of the runtime in an event; nil if there is none.
    fileprivate var eventTime: Int64? { if case .event(let event) = self { event.timestamp } else { nil } }
}

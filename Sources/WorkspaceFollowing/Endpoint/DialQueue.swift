#if RED_CONTROLS
internal import RedControls
#endif

/// Whose turn it is to dial, as a pure value: a bound of dials at the same time, and of dials per second and authority.
struct DialQueue: Sendable {
    private struct Entry: Sendable {
        let id: Int
        let authority: String
    }

    private let maximumDials: Int
    /// The shortest time between two dials to one authority.
    private let interval: Duration
    private var waiting: [Entry] = []
    private var active = 0
    /// The earliest time of the next dial to an authority.
    private var next: [String: Duration] = [:]
    private var begun = 0

    init(maximumDials: Int, perSecond: Int) {
        #if RED_CONTROLS
        self.maximumDials = RedControl.isActive(.dialsAtOnceUnbounded) ? Int.max : maximumDials
        self.interval = RedControl.isActive(.dialsPerSecondUnbounded) ? .zero : .seconds(1) / perSecond
        #else
        self.maximumDials = maximumDials
        self.interval = .seconds(1) / perSecond
        #endif
    }

    /// Whether nobody waits, and nobody dials.
    var isIdle: Bool { self.waiting.isEmpty && self.active == 0 }

    /// Somebody wants to dial.
    ///
    /// - Returns: The number of the wish.
    mutating func add(_ authority: String) -> Int {
        self.begun += 1
        self.waiting.append(Entry(id: self.begun, authority: authority))
        return self.begun
    }

    /// Somebody does not want to dial any more.
    ///
    /// - Returns: False if it was granted already.
    mutating func remove(_ id: Int) -> Bool {
        guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return false }
        self.waiting.remove(at: index)
        return true
    }

    /// A dial that was granted has ended.
    mutating func release() { self.active -= 1 }

    /// Grants what can be granted now, in the order of the wishes.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - random: Returns a number from 0 to 1. The pauses between two dials to one authority are up to half as long
    ///     again, so that the dials of many programs do not keep step.
    /// - Returns: The numbers of the wishes, and after which time to ask again; nil if only a release can change
    ///   something.
    mutating func grant(now: Duration, random: () -> Double) -> (ids: [Int], again: Duration?) {
        var ids: [Int] = []
        var again: Duration?
        self.next = self.next.filter { $0.value > now }
        var index = 0
        while index < self.waiting.count, self.active < self.maximumDials {
            let entry = self.waiting[index]
            if let next = self.next[entry.authority] {
                again = min(again ?? next - now, next - now)
                index += 1
                continue
            }
            self.waiting.remove(at: index)
            self.active += 1
            self.next[entry.authority] = now + self.interval * (1 + random() / 2)
            ids.append(entry.id)
        }
        return (ids, self.active < self.maximumDials ? again : nil)
    }
}

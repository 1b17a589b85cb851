#if RED_CONTROLS
internal import RedControls
#endif

/// Whose turn it is to be read, as a pure value: deficit round robin (Shreedhar and Varghese, 1995).
///
/// Each member that has something gets a quantum in each round. What it takes beyond its credit, because an element
/// can't be cut, is a debt that the next rounds pay. So a member that becomes ready waits for at most one quantum, and
/// one element, of each other ready member. A member that has nothing left owes nothing.
struct DeficitRoundRobin: Sendable {
    /// What a member gets in each round, 1 or more.
    let quantum: Int
    /// The ready members in their order, from ``start``.
    private var ring: [Int] = []
    private var start = 0
    /// The credit of ready members, 0 or less before their turn.
    private var credits: [Int: Int] = [:]
    /// The members whose turn it is, and whether each was added again meanwhile.
    private var served: [Int: Bool] = [:]

    /// Creates a value.
    ///
    /// - Parameter quantum: What a member gets in each round, 1 or more.
    init(quantum: Int) { self.quantum = max(1, quantum) }

    /// The number of members that wait for their turn.
    var count: Int { self.ring.count - self.start }

    /// A member has something; does nothing if that is known.
    ///
    /// - Parameter member: The member.
    mutating func add(_ member: Int) {
        guard self.credits[member] == nil else {
            if self.served[member] != nil { self.served[member] = true }
            return
        }
        self.credits[member] = 0
        self.ring.append(member)
    }

    /// The member whose turn it is, and how much it may give; ``took(_:from:hasMore:)`` must follow.
    ///
    /// - Returns: The member and its credit, 1 or more; nil if no member is ready.
    mutating func next() -> (member: Int, credit: Int)? {
        while self.start < self.ring.count {
            let member = self.ring[self.start]
            self.start += 1
            if self.start > 64, self.start > self.ring.count / 2 {
                self.ring.removeFirst(self.start)
                self.start = 0
            }
            // It was removed.
            guard let old = self.credits[member] else { continue }
            #if RED_CONTROLS
            let quantum = RedControl.isActive(.quantumIgnored) ? Int.max / 2 : self.quantum
            #else
            let quantum = self.quantum
            #endif
            let credit = old + quantum
            self.credits[member] = credit
            if credit > 0 {
                self.served[member] = false
                return (member, credit)
            }
            self.ring.append(member)
        }
        return nil
    }

    /// A member has given something.
    ///
    /// - Parameters:
    ///   - amount: How much; more than its credit if its last element was larger.
    ///   - member: The member.
    ///   - hasMore: Whether it has more.
    mutating func took(_ amount: Int, from member: Int, hasMore: Bool) {
        guard let isAddedAgain = self.served.removeValue(forKey: member), let credit = self.credits[member] else {
            return
        }
        if hasMore || isAddedAgain {
            // What it did not use is not kept, so that no member ever has more than a quantum.
            self.credits[member] = min(0, credit - amount)
            self.ring.append(member)
        } else {
            self.credits[member] = nil
        }
    }

    /// A member is no member any more.
    ///
    /// - Parameter member: The member.
    mutating func remove(_ member: Int) {
        self.credits[member] = nil
        self.served[member] = nil
    }
}

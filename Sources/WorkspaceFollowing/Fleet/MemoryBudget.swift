#if RED_CONTROLS
internal import RedControls
#endif

/// Who may read on, as a pure value: one budget for what waits in all followers of a fleet.
///
/// Each member has a guarantee, which nobody else can use. What it holds beyond it is its *share* of the pool, which is
/// the rest of the budget. A member is paused when its share is larger than `eagerness` times what is free of the pool
/// (Choudhury and Hahne, "Dynamic queue length thresholds", 1998): the fuller the pool, the smaller the share that is
/// allowed. So the greediest member is paused first, a single busy one may have 8/9 of the pool, and many busy ones get
/// equal shares. A paused member goes on when its share is half of what is allowed, or when it has none.
///
/// All amounts are weights in bytes: see ``ElementQueue/weight``.
struct MemoryBudget: Sendable {
    /// What happens after the share of a member has changed.
    struct OnChange: Sendable, Hashable {
        /// The members that must not read on.
        var paused: [Int] = []
        /// Whether the member itself may read on after a pause.
        var isResumed = false

        static let nothing = Self()
    }

    /// How many times the free part of the pool one member may have.
    static let eagerness = 8

    private let total: Int
    let guaranteed: Int
    private var members = 0
    private var shares: [Int: Int] = [:]
    private var paused: Set<Int> = []
    /// The sum of the shares.
    private(set) var used = 0

    /// Creates a budget.
    ///
    /// - Parameters:
    ///   - total: The budget; more members than it has guarantees for make it larger.
    ///   - guaranteed: What each member may hold in any case.
    init(total: Int, guaranteed: Int) { (self.total, self.guaranteed) = (total, guaranteed) }

    /// What all members together may hold beyond their guarantees.
    var pool: Int { max(0, self.total - self.members * self.guaranteed) }

    /// The share that a member may have now.
    var allowed: Int { max(0, self.pool - self.used) * Self.eagerness }

    /// The share of a member.
    func share(of member: Int) -> Int { self.shares[member] ?? 0 }

    /// Whether a member is paused.
    func isPaused(_ member: Int) -> Bool { self.paused.contains(member) }

    /// How many members are paused.
    var pausedCount: Int { self.paused.count }

    /// There is one more member.
    mutating func join() { self.members += 1 }

    /// A member has left, and nothing of it waits.
    ///
    /// Changes of its share that are still on their way make it zero.
    mutating func leave() { self.members -= 1 }

    /// The share of a member has changed.
    ///
    /// Changes of a member may come in another order than they happened in; the sum counts.
    ///
    /// - Parameters:
    ///   - member: The member.
    ///   - change: By how much.
    /// - Returns: What happens to it, and to those that hold more.
    mutating func change(_ member: Int, by change: Int) -> OnChange {
        let share = self.share(of: member) + change
        self.shares[member] = share == 0 ? nil : share
        self.used += change
        if self.paused.contains(member) {
            guard share <= 0 || share <= self.allowed / 2 else { return .nothing }
            self.paused.remove(member)
            return OnChange(isResumed: true)
        }
        #if RED_CONTROLS
        if RedControl.isActive(.greediestNotPaused) { return .nothing }
        #endif
        guard share > 0, share > self.allowed else { return .nothing }
        // Those that hold more have more than is allowed, too; they may not have received anything since.
        let greedy = self.shares.filter { $0.value >= share && !self.paused.contains($0.key) }.map(\.key)
        self.paused.formUnion(greedy)
        return OnChange(paused: greedy.sorted())
    }
}

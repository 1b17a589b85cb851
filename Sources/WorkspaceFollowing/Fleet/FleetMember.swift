import ConcurrencyPrimitives
import Synchronization

/// What a follower of a fleet knows of its fleet.
final class FleetMember: Sendable {
    let workspace: String
    let number: Int
    let fleet: FleetCore
    /// The code that takes its elements; nil if the consumer of the fleet does.
    let child: FleetChild?
    private let paused = Atomic(false)

    init(_ workspace: String, number: Int, of fleet: FleetCore, _ child: FleetChild?) {
        (self.workspace, self.number, self.fleet, self.child) = (workspace, number, fleet, child)
    }

    /// Whether the consumer of the fleet takes its elements.
    var isReadByFleet: Bool { self.child == nil }

    /// Whether the memory budget of the fleet has paused the reading of this member.
    var isPaused: Bool { self.paused.load(ordering: .acquiring) }

    fileprivate func setPaused(_ isPaused: Bool) { self.paused.store(isPaused, ordering: .releasing) }
}

/// The memory budget of a fleet, and the members that it pauses.
struct FleetBudget: Sendable {
    private(set) var budget: MemoryBudget
    private var members: [Int: FleetMember] = [:]

    init(_ budget: MemoryBudget) { self.budget = budget }

    mutating func join(_ member: FleetMember) {
        self.budget.join()
        self.members[member.number] = member
    }

    /// A member has left, and nothing of it waits; only the first call counts.
    mutating func leave(_ number: Int) { if self.members.removeValue(forKey: number) != nil { self.budget.leave() } }

    /// Forgets all members, which refer to the fleet.
    mutating func forgetAll() { self.members = [:] }

    /// The share of a member has changed.
    ///
    /// - Parameters:
    ///   - number: The member.
    ///   - change: By how much.
    /// - Returns: Whether it goes on after a pause.
    mutating func change(_ number: Int, by change: Int) -> Bool {
        let outcome = self.budget.change(number, by: change)
        // The flags follow the decisions in their order.
        for number in outcome.paused { self.members[number]?.setPaused(true) }
        if outcome.isResumed { self.members[number]?.setPaused(false) }
        return outcome.isResumed
    }
}

/// What a follower tells its fleet, outside of its own lock.
struct FleetSignal: Sendable {
    let member: FleetMember
    /// Whether it has something to take, and had nothing before.
    var isReady: Bool
    /// Whether nothing more comes to it.
    var isOver: Bool
    /// By how much its share in the pool of the memory budget has changed.
    var change: Int
    /// The state of its connection, if it has changed; else nil.
    var told: FollowerCore.Told?

    /// Tells the fleet.
    ///
    /// - Returns: The consumer of the fleet that waits, and must be resumed.
    func perform() -> FollowerCore.Waiter? {
        let (fleet, number) = (self.member.fleet, self.member.number)
        if let told = self.told { fleet.changed(number, told) }
        if self.change != 0, fleet.budget.withLock({ $0.change(number, by: self.change) }) {
            fleet.follower(number)?.readerMayGoOn()
        }
        return self.isReady ? fleet.ready(number, isOver: self.isOver) : nil
    }
}

extension FollowerCore.State {
    /// What the fleet must be told; nil if there is nothing to tell.
    mutating func signal() -> FleetSignal? {
        guard let member = self.member else { return nil }
        let share = max(0, self.following.weight - member.fleet.guaranteed)
        let change = share - self.share
        let isReady = member.isReadByFleet && !self.isAnnounced && (self.following.hasElements || self.isOver)
        let isNew = self.following.told.version != self.toldVersion
        guard isReady || change != 0 || isNew else { return nil }
        (self.share, self.toldVersion) = (share, self.following.told.version)
        if isReady { self.isAnnounced = true }
        return FleetSignal(
            member: member,
            isReady: isReady,
            isOver: self.isOver,
            change: change,
            told: isNew ? self.following.told : nil
        )
    }
}

/// What a fleet has taken from a follower.
struct FleetTake: Sendable {
    /// The elements; nil if there are none.
    var batch: HandedBatch?
    /// Their weight.
    var weight = 0
    /// Whether there is more to take; it may be the end.
    var hasMore = false
    /// Whether nothing more comes.
    var isOver = false
}

extension FollowerCore {
    /// Hands out the next batch to the consumer of the fleet.
    ///
    /// - Parameter limit: The weight after which no other element is added.
    /// - Returns: What was taken.
    func takeForFleet(_ limit: Int) -> FleetTake {
        var take = FleetTake()
        var freed: State.Freed?
        var signal: FleetSignal?
        self.state.withLock { state in
            let before = state.following.weight
            take.batch = state.following.take(Self.largestBatch, weight: limit)
            take.weight = max(before - state.following.weight, take.batch == nil ? 0 : 1)
            take.isOver = take.batch == nil && state.isOver
            take.hasMore = take.batch != nil && (state.following.hasElements || state.isOver)
            // At the end it stays announced, because nobody needs to know more of it.
            state.isAnnounced = take.hasMore || take.isOver
            signal = state.signal()
            if state.isAwaited { freed = state.takeFreed() }
        }
        freed?.perform()
        signal?.perform()?.continuation.resume(returning: .more)
        return take
    }

    /// The consumer has taken all of a batch, and works on another follower now.
    func finish(_ batch: HandedBatch) {
        var freed: State.Freed?
        self.state.withLock { state in
            state.following.finish(batch)
            if state.isAwaited { freed = state.takeFreed() }
        }
        freed?.perform()
    }

    /// The code that takes the elements; nil if there is none.
    var child: FleetChild? { self.state.withLock { $0.member?.child } }

    /// The memory budget lets the reader go on.
    func readerMayGoOn() { self.state.withLock { $0.takeReader() }?.resume() }
}

/// From which follower the consumer of a fleet takes next, as a pure value.
///
/// A workspace that was left, and is followed again, has two followers for a while: the old one may have elements that
/// nobody has taken. The new one waits until they are taken, so that the elements of a workspace stay in order.
struct FleetReading: Sendable {
    private var ring: DeficitRoundRobin
    /// The workspaces of the members that are not drained.
    private var workspaces: [Int: String] = [:]
    /// The newest member of each workspace that is not drained.
    private var newest: [String: Int] = [:]
    /// The member that must be drained before another one; and the other way round.
    private var successors: [Int: Int] = [:]
    private var predecessors: [Int: Int] = [:]
    /// The members that are ready, and wait for the one before them.
    private var waiting: Set<Int> = []

    init(quantum: Int) { self.ring = DeficitRoundRobin(quantum: quantum) }

    /// Whether all members are drained.
    var isDrained: Bool { self.workspaces.isEmpty }

    /// Whether a member waits for its turn.
    var hasReady: Bool { self.ring.count > 0 }

    /// There is a new member; its elements come after those of the older member of the same workspace.
    mutating func join(_ member: Int, _ workspace: String) {
        if let old = self.newest[workspace] { (self.successors[old], self.predecessors[member]) = (member, old) }
        (self.newest[workspace], self.workspaces[member]) = (member, workspace)
    }

    /// A member has something to take, or has ended.
    mutating func ready(_ member: Int) {
        guard self.workspaces[member] != nil else { return }
        if self.predecessors[member] == nil { self.ring.add(member) } else { self.waiting.insert(member) }
    }

    /// Whose turn it is, and how much to take; ``took(_:from:hasMore:)`` or ``drained(_:)`` must follow.
    ///
    /// - Returns: The member and its credit; nil if none is ready.
    mutating func next() -> (member: Int, credit: Int)? { self.ring.next() }

    /// The consumer has taken something.
    ///
    /// - Parameters:
    ///   - weight: How much.
    ///   - member: Of which member.
    ///   - hasMore: Whether the member has more.
    mutating func took(_ weight: Int, from member: Int, hasMore: Bool) {
        self.ring.took(weight, from: member, hasMore: hasMore)
    }

    /// Nothing more comes from a member, and everything of it is taken.
    mutating func drained(_ member: Int) {
        self.ring.remove(member)
        self.waiting.remove(member)
        self.predecessors[member] = nil
        guard let workspace = self.workspaces.removeValue(forKey: member) else { return }
        if self.newest[workspace] == member { self.newest[workspace] = nil }
        guard let next = self.successors.removeValue(forKey: member) else { return }
        self.predecessors[next] = nil
        if self.waiting.remove(next) != nil { self.ring.add(next) }
    }
}

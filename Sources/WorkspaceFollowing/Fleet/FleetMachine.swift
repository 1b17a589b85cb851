#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a fleet, as a pure value: who is a member, and when nothing is left.
///
/// ```
///  follow ─► following ─► ended     the follower has ended by itself; it stays in the list
///                │          │
///                ▼          │       unfollow, or a close of the fleet
///             leaving ──────┴──► forgotten
/// ```
///
/// A member is registered in the step that admits it, before its follower begins, and is forgotten only when nothing of
/// its follower is left. So a close finds every follower, and waits for all of them. The driver holds the value behind
/// one lock: lock, decide, unlock, act.
struct FleetMachine: Sendable, Hashable {
    /// Where a member is in its life.
    enum Phase: Sendable, Hashable {
        /// Its follower runs.
        case following
        /// Its follower was told to end.
        case leaving
        /// Nothing of its follower is left, and nobody has told it to end.
        case ended
    }

    /// Why a workspace is not admitted.
    enum Refusal: Sendable, Hashable {
        case alreadyFollowed
        case closed
    }

    /// What has happened.
    enum Input: Sendable, Hashable {
        /// Somebody wants to follow a workspace; the number is new.
        case follow(String, number: Int)
        /// Somebody does not want to follow it any more.
        case unfollow(String)
        /// Nothing of the follower of a member is left.
        case exited(Int)
        case close
    }

    /// What the driver does next, in this order.
    enum Action: Sendable, Hashable {
        case refuse(Refusal)
        /// Start the follower of a member.
        case start(Int)
        /// Tell the follower of a member to end.
        case requestClose(Int)
        /// It is no member any more.
        case forget(Int)
        /// The fleet is closed, and nothing is left.
        case finish
    }

    private(set) var isClosed = false
    /// Whether the fleet is closed, and nothing is left.
    private(set) var hasFinished = false
    private var phases: [Int: Phase] = [:]
    private var numbers: [String: Int] = [:]
    private var names: [Int: String] = [:]

    /// Takes one step.
    ///
    /// - Parameter input: What has happened.
    /// - Returns: What to do, in this order.
    mutating func step(_ input: Input) -> [Action] {
        var actions: [Action] = []
        switch input {
        case .follow(let workspace, let number): actions = self.admit(workspace, number)
        case .unfollow(let workspace):
            if let number = self.numbers[workspace] { actions = self.leave(number) }
        case .exited(let number): actions = self.exited(number)
        case .close:
            self.isClosed = true
            actions = self.phases.keys.sorted().flatMap { self.leave($0) }
        }
        if self.isClosed, !self.hasFinished, self.phases.isEmpty {
            self.hasFinished = true
            actions.append(.finish)
        }
        return actions
    }

    private mutating func admit(_ workspace: String, _ number: Int) -> [Action] {
        var isClosed = self.isClosed
        #if RED_CONTROLS
        if RedControl.isActive(.fleetCloseForgetsLateAdd) { isClosed = false }
        #endif
        if isClosed { return [.refuse(.closed)] }
        guard self.numbers[workspace] == nil else { return [.refuse(.alreadyFollowed)] }
        (self.phases[number], self.numbers[workspace], self.names[number]) = (.following, number, workspace)
        return [.start(number)]
    }

    private mutating func leave(_ number: Int) -> [Action] {
        guard let phase = self.phases[number] else { return [] }
        if phase == .ended { return self.forget(number) }
        self.phases[number] = .leaving
        #if RED_CONTROLS
        if RedControl.isActive(.fleetForgetsALeavingMember) { return [.requestClose(number)] + self.forget(number) }
        #endif
        // A member that leaves already is told again, because the new time limit may be shorter.
        return [.requestClose(number)]
    }

    private mutating func exited(_ number: Int) -> [Action] {
        switch self.phases[number] {
        case .following:
            self.phases[number] = .ended
            return []
        case .leaving: return self.forget(number)
        case .ended, nil: return []
        }
    }

    private mutating func forget(_ number: Int) -> [Action] {
        self.phases[number] = nil
        if let name = self.names.removeValue(forKey: number) { self.numbers[name] = nil }
        return [.forget(number)]
    }

    // MARK: Reading the state

    /// The numbers of the members, the oldest first.
    var members: [Int] { self.phases.keys.sorted() }

    /// How many members there are.
    var count: Int { self.phases.count }

    /// The number of the member that follows a workspace; nil if none does.
    func number(of workspace: String) -> Int? { self.numbers[workspace] }

    /// The workspace of a member; nil if it is no member.
    func workspace(of number: Int) -> String? { self.names[number] }

    /// Where a member is in its life; nil if it is no member.
    func phase(of number: Int) -> Phase? { self.phases[number] }
}

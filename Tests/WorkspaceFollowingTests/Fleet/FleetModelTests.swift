import Testing

@testable import WorkspaceFollowing

/// Tests the production machine of a fleet with every order of adding, removing, closing, and ends of followers.
@Suite("The life of a fleet, searched exhaustively", .timeLimit(.minutes(5)))
struct FleetModelTests {
    @Test("No order of calls and ends breaks a rule, and a close ends it from every state")
    func everyOrder() {
        var search = FleetModelSearch()
        let finding = search.run(from: FleetModelWorld())
        print("The fleet's model: \(search.states) states, \(search.transitions) transitions, \(search.ends) ends")
        #expect(finding == nil, "\(finding ?? "")")
        #expect(search.states > 1000 && search.ends > 3)
    }

    @Test("The search finds each broken rule", arguments: FleetModelFault.allCases)
    func broken(fault: FleetModelFault) throws {
        var search = FleetModelSearch()
        let finding = search.run(from: FleetModelWorld(fault: fault))
        let found = try #require(finding, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states: \(found.prefix { $0 != "\n" })")
    }
}

/// A rule that is broken between the machine and its driver; the search must find each.
enum FleetModelFault: String, CaseIterable {
    /// A member that was told to leave is forgotten at once.
    case forgetsALeavingMember
    /// A workspace is admitted after the close.
    case admitsAfterTheClose
    /// A workspace is admitted twice.
    case admitsTwice
    /// The close tells only the first member to end.
    case closesOne
    /// The end of a follower does not reach the machine.
    case ignoresAnExit
    /// The fleet ends at its close.
    case finishesEarly
    /// The fleet ends twice.
    case finishesTwice
    /// A follower that ends by itself is forgotten.
    case forgetsAnEndedMember
}

/// One step of the world around the machine of a fleet.
enum FleetModelMove: Hashable {
    case input(FleetMachine.Input)
    /// The follower of a member ends, by itself or because it was told to.
    case end(Int)
}

/// The production machine of a fleet, and the followers that it has started: each may end at any time.
struct FleetModelWorld: Hashable {
    private struct Running: Hashable {
        let workspace: String
        var isTold = false
    }

    private var machine = FleetMachine()
    private var running: [Int: Running] = [:]
    private var lastNumber = 0
    private var isClosed = false
    private var finishes = 0
    private let fault: FleetModelFault?
    /// The workspaces that must be in the list: they were added, and nobody has asked to remove them.
    private var wanted: Set<String> = []
    /// The first rule that was broken; nil if none was.
    private(set) var violation: String?

    init(fault: FleetModelFault? = nil) { self.fault = fault }

    /// Without a bound of additions the search has no end.
    private static let mostAdded = 5

    var hasEnded: Bool { self.finishes > 0 && self.running.isEmpty }

    var moves: [FleetModelMove] {
        var moves: [FleetModelMove] = [.input(.close)]
        for name in ["a", "b", "c"] {
            if self.lastNumber < Self.mostAdded { moves.append(.input(.follow(name, number: self.lastNumber + 1))) }
            moves.append(.input(.unfollow(name)))
        }
        return moves + self.running.keys.sorted().map { .end($0) }
    }

    func after(_ move: FleetModelMove) -> Self {
        var next = self
        switch move {
        case .end(let number):
            next.running[number] = nil
            if self.fault != .ignoresAnExit { next.take(.exited(number)) }
        case .input(let input): next.take(input)
        }
        next.check()
        return next
    }

    private mutating func take(_ input: FleetMachine.Input) {
        if case .follow = input { self.lastNumber += 1 }
        if input == .close { self.isClosed = true }
        var actions = self.machine.step(input)
        self.breakRule(input, &actions)
        switch input {
        case .follow(let name, let number) where actions.contains(.start(number)): self.wanted.insert(name)
        case .unfollow(let name): self.wanted.remove(name)
        case .close: self.wanted = []
        default: break
        }
        for action in actions { self.perform(action, input) }
    }

    private mutating func perform(_ action: FleetMachine.Action, _ input: FleetMachine.Input) {
        switch action {
        case .refuse(let refusal): self.checkRefusal(refusal, input)
        case .start(let number):
            guard case .follow(let name, number) = input else { return self.fail("\(number) is started by \(input)") }
            if self.isClosed { self.fail("\(name) is started after the close") }
            if self.running.values.contains(where: { $0.workspace == name }) { self.fail("\(name) is followed twice") }
            self.running[number] = Running(workspace: name)
        case .requestClose(let number):
            if self.running[number] == nil { self.fail("\(number), which does not run, is told to end") }
            self.running[number]?.isTold = true
        case .forget(let number):
            if self.running[number] != nil { self.fail("\(number) is forgotten while it runs") }
        case .finish:
            self.finishes += 1
            if !self.isClosed { self.fail("it ends without a close") }
            if !self.running.isEmpty { self.fail("it ends before \(self.running.keys.sorted())") }
        }
    }

    private mutating func checkRefusal(_ refusal: FleetMachine.Refusal, _ input: FleetMachine.Input) {
        guard case .follow(let name, _) = input else { return self.fail("\(input) is refused") }
        switch refusal {
        case .closed: if !self.isClosed { self.fail("\(name) is refused as closed") }
        case .alreadyFollowed:
            let isThere = self.wanted.contains(name) || self.running.values.contains { $0.workspace == name }
            if self.isClosed || !isThere { self.fail("\(name) is refused as followed") }
        }
    }

    private mutating func breakRule(_ input: FleetMachine.Input, _ actions: inout [FleetMachine.Action]) {
        switch (self.fault, input) {
        case (.forgetsALeavingMember, .unfollow), (.forgetsALeavingMember, .close):
            actions += actions.compactMap { if case .requestClose(let number) = $0 { .forget(number) } else { nil } }
        case (.admitsAfterTheClose, .follow(_, let number)) where self.isClosed: actions = [.start(number)]
        case (.admitsTwice, .follow(_, let number)) where actions == [.refuse(.alreadyFollowed)]:
            actions = [.start(number)]
        case (.closesOne, .close):
            let first = actions.first
            actions.removeAll { if case .requestClose = $0 { $0 != first } else { false } }
        case (.finishesEarly, .close) where !self.running.isEmpty: actions.append(.finish)
        case (.finishesTwice, _): actions += actions.filter { $0 == .finish }
        case (.forgetsAnEndedMember, .exited(let number)) where self.machine.phase(of: number) == .ended:
            if let name = self.machine.workspace(of: number) { _ = self.machine.step(.unfollow(name)) }
        default: break
        }
    }

    private mutating func fail(_ text: String) { if self.violation == nil { self.violation = text } }

    private mutating func check() {
        if self.finishes > 1 { self.fail("it ends twice") }
        let listed = Set(self.machine.members.compactMap { self.machine.workspace(of: $0) })
        for name in self.wanted where !listed.contains(name) { self.fail("\(name) is not in the list") }
        for (number, member) in self.running {
            if self.machine.phase(of: number) == nil { self.fail("\(member.workspace) runs, and is no member") }
            if self.isClosed, !member.isTold { self.fail("\(member.workspace) is not told to end") }
        }
        if self.isClosed, self.running.isEmpty, self.finishes == 0 { self.fail("nothing is left, and it does not end") }
        if self.finishes > 0, self.machine.count > 0 { self.fail("it has ended, and has members") }
    }
}

/// A breadth-first search over all worlds.
struct FleetModelSearch {
    private(set) var states = 0
    private(set) var transitions = 0
    private(set) var ends = 0
    private var origins: [(parent: Int, move: FleetModelMove?)] = []

    /// Searches until the first violation.
    ///
    /// - Parameter start: The first state.
    /// - Returns: The violation, and the shortest way to it; nil if there is none.
    mutating func run(from start: FleetModelWorld) -> String? {
        var seen: Set<FleetModelWorld> = [start]
        var level: [(index: Int, world: FleetModelWorld)] = [(0, start)]
        self.origins = [(-1, nil)]
        while !level.isEmpty {
            var next: [(index: Int, world: FleetModelWorld)] = []
            for (index, world) in level {
                self.states += 1
                if let violation = world.violation { return self.text(violation, index) }
                if world.hasEnded { self.ends += 1 }
                for move in world.moves {
                    self.transitions += 1
                    let successor = world.after(move)
                    guard seen.insert(successor).inserted else { continue }
                    self.origins.append((index, move))
                    next.append((self.origins.count - 1, successor))
                }
            }
            level = next
        }
        return nil
    }

    private func text(_ violation: String, _ index: Int) -> String {
        var lines: [String] = []
        var index = index
        while let move = self.origins[index].move {
            lines.append("  - \(move)")
            index = self.origins[index].parent
        }
        return ([violation + ", after:"] + lines.reversed()).joined(separator: "\n")
    }
}

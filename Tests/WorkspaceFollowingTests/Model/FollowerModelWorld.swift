import AgentRuntime
import WebSocketProtocol

@testable import WorkspaceFollowing

/// The production machine of a follower, and the operations that it has begun: each may report anything at any time.
struct FollowerModelWorld: Hashable {
    /// What an operation does.
    private struct Running: Hashable {
        var isCancelled = false
        /// Of a stream: whether its dial has opened it, and whether an event has come.
        var isOpen = false
        var isAttached = false
    }

    /// How often something may happen; without a bound the search has no end.
    struct Budget: Hashable {
        var losses = 1
        var suspicions = 1
        var audits = 1
        var reattaches = 1
    }

    private var machine: FollowerMachine
    private var running: [FollowerMachine.Operation: Running] = [:]
    private var budget: Budget
    private let fault: FollowerModelFault?
    private var isStarted = false
    private var isClosed = false
    private var finishes = 0
    /// Whether anything was ever received: then something can be missed.
    private var hasHistory: Bool
    /// The stream before which something was missed that was not delivered yet.
    private var owing: FollowerMachine.Operation?
    /// The first rule that was broken; nil if none was.
    private(set) var violation: String?

    init(hasHistory: Bool = false, budget: Budget = Budget(), fault: FollowerModelFault? = nil) {
        (self.hasHistory, self.budget, self.fault) = (hasHistory, budget, fault)
        self.machine = FollowerMachine(hasHistory: hasHistory)
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.machine == rhs.machine && lhs.running == rhs.running && lhs.budget == rhs.budget
            && lhs.isStarted == rhs.isStarted && lhs.isClosed == rhs.isClosed && lhs.finishes == rhs.finishes
            && lhs.owing == rhs.owing && lhs.violation == rhs.violation
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.machine)
        hasher.combine(self.running)
        hasher.combine(self.budget)
        hasher.combine(self.isClosed)
    }

    private static var settings: FollowerMachine.Settings {
        FollowerMachine.Settings(auditInterval: .seconds(300))
    }

    // MARK: Moves

    /// Everything that can happen now.
    var moves: [FollowerModelMove] {
        var moves: [FollowerModelMove] = self.isStarted ? [] : [.start]
        if !self.isClosed { moves.append(.close) }
        moves.append(.reconnectNow)
        if self.budget.suspicions > 0 { moves.append(.suspect) }
        if self.budget.reattaches > 0 { moves.append(.attachAgain) }
        for operation in self.running.keys.sorted(by: { $0.number < $1.number }) {
            moves += self.outcomes(of: operation).map { .report(operation, $0) }
        }
        return moves
    }

    private func outcomes(of operation: FollowerMachine.Operation) -> [FollowerModelMove.Outcome] {
        guard let running = self.running[operation] else { return [] }
        let losses: [FollowerModelMove.Outcome] =
            self.budget.losses > 0 ? [.lostBackOff, .lostNow, .lostAfter, .lostForever, .lostInstance] : []
        let end: [FollowerModelMove.Outcome] = running.isCancelled ? [.left] : []
        switch operation.kind {
        case .ask: return [.sameAnswer, .otherAnswer] + losses + end
        case .wait: return [.over] + end
        // The end of its time ends the stream, which is a loss.
        case .attachLimit: return (self.budget.losses > 0 ? [.over] : []) + end
        case .auditTimer: return (self.budget.audits > 0 ? [.over] : []) + end
        case .permit: return [.granted] + end
        case .recovery, .audit: return [.done]
        case .stream:
            var outcomes = losses
            if running.isCancelled, losses.isEmpty { outcomes.append(.lostBackOff) }
            if !running.isOpen { outcomes += [.opened] + end }
            if !running.isAttached { outcomes.append(.attached) }
            return outcomes
        }
    }

    /// The world after a move.
    func after(_ move: FollowerModelMove) -> Self {
        var next = self
        next.take(move)
        next.checkStep()
        return next
    }

    private mutating func take(_ move: FollowerModelMove) {
        switch move {
        case .start:
            self.isStarted = true
            self.input(.start)
        case .close:
            self.isClosed = true
            self.input(.close)
        case .reconnectNow: self.input(.reconnectNow)
        case .suspect:
            self.budget.suspicions -= 1
            self.input(.suspected)
        case .attachAgain:
            self.budget.reattaches -= 1
            self.input(.attachAgain)
        case .report(let operation, let outcome): self.report(operation, outcome)
        }
    }

    private mutating func report(_ operation: FollowerMachine.Operation, _ outcome: FollowerModelMove.Outcome) {
        switch outcome {
        case .opened:
            self.running[operation]?.isOpen = true
            self.input(.dialled(operation))
            if self.fault == .countsAsAttached { self.input(.attached(operation)) }
            return
        case .attached:
            self.running[operation]?.isAttached = true
            if self.machine.stream == operation { self.hasHistory = true }
            return self.input(.attached(operation))
        default: break
        }
        self.running[operation] = nil
        if let failure = outcome.failure {
            self.budget.losses = max(0, self.budget.losses - 1)
            if self.owing == operation { self.owing = nil }
            return self.input(operation.kind == .ask ? .askFailed(operation, failure) : .lost(operation, failure))
        }
        switch outcome {
        case .sameAnswer, .otherAnswer: self.input(.answered(operation, isSame: outcome == .sameAnswer))
        case .granted: self.input(.permitted(operation))
        case .over:
            if operation.kind == .auditTimer { self.budget.audits -= 1 }
            self.input(.waited(operation))
        case .done where operation.kind == .recovery:
            if self.machine.isCurrent(recovery: operation) { self.owing = nil }
            self.input(.recovered(operation))
        case .done: self.input(.audited(operation))
        default: self.input(.left(operation))
        }
    }

    // MARK: The driver

    private mutating func input(_ input: FollowerMachine.Input) {
        switch (self.fault, input) {
        case (.ignoresTheClose, .close), (.ignoresTheLoss, .lost): return
        default: break
        }
        let wasEnding = self.machine.isEnding || self.isClosed
        var actions = self.machine.step(input, now: .zero, settings: Self.settings, random: { 0.5 })
        self.breakRule(input, &actions)
        for action in actions { self.perform(action, wasEnding: wasEnding) }
    }

    private mutating func breakRule(_ input: FollowerMachine.Input, _ actions: inout [FollowerMachine.Action]) {
        switch (self.fault, input) {
        case (.dialsAfterTheClose, .permitted(let permit)) where self.isClosed:
            actions.append(.dial(.init(kind: .stream, number: permit.number + 100)))
        case (.finishesEarly, .close) where !self.running.isEmpty: actions.append(.finish(.closed))
        case (.finishesTwice, _):
            actions += actions.filter { if case .finish = $0 { true } else { false } }
        case (.dialsTwice, _):
            actions += actions.compactMap { action in
                guard case .dial(let operation) = action else { return nil }
                return .dial(.init(kind: .stream, number: operation.number + 100))
            }
        case (.dropsTheWait, _):
            actions.removeAll { if case .wait(let operation, _) = $0 { operation.kind == .wait } else { false } }
        default: break
        }
    }

    private mutating func perform(_ action: FollowerMachine.Action, wasEnding: Bool) {
        switch action {
        case .ask(let operation), .wait(let operation, _), .permit(let operation), .audit(let operation):
            self.begin(operation, wasEnding: wasEnding)
        case .recover(let operation, let stream):
            if self.running[stream]?.isAttached != true {
                self.violate("a recovery asks before the stream is attached")
            }
            self.begin(operation, wasEnding: wasEnding)
        case .dial(let operation):
            if self.running.keys.contains(where: { $0.kind == .stream }) { self.violate("two streams at once") }
            self.begin(operation, wasEnding: wasEnding)
            if self.hasHistory { self.owing = operation }
        case .cancel(let operation): self.cancel(operation)
        case .state: break
        case .finish:
            self.finishes += 1
            if !self.running.isEmpty { self.violate("it ends while \(self.running.keys.map(\.kind)) are left") }
            if self.finishes > 1 { self.violate("it ends twice") }
        }
    }

    private mutating func begin(_ operation: FollowerMachine.Operation, wasEnding: Bool) {
        if wasEnding { self.violate("\(operation.kind) begins after the close") }
        if !self.machine.operations.contains(operation) { self.violate("\(operation.kind) is not registered") }
        self.running[operation] = Running()
    }

    private mutating func cancel(_ operation: FollowerMachine.Operation) {
        switch (self.fault, operation.kind) {
        case (.cancelsNothing, _): return
        case (.forgetsTimers, .wait), (.forgetsTimers, .auditTimer), (.forgetsTimers, .attachLimit): return
        case (.forgetsTheStream, .stream): return
        default: self.running[operation]?.isCancelled = true
        }
    }

    private mutating func violate(_ rule: String) { if self.violation == nil { self.violation = rule } }

    // MARK: Rules

    private mutating func checkStep() {
        let registered = Set(self.machine.operations)
        if registered != Set(self.running.keys) {
            self.violate("\(registered.map(\.kind)) are registered, and \(self.running.keys.map(\.kind)) are left")
        }
        if self.machine.operations.count != registered.count { self.violate("an operation is registered twice") }
        if self.running.isEmpty, self.isStarted || self.isClosed, !self.machine.hasEnded {
            self.violate("nothing is going on, and it has not ended")
        }
        if self.machine.hasEnded, self.finishes != 1 { self.violate("it has ended without saying so") }
        let holds = self.fault == .holdsNothingBack ? false : self.machine.holdsBack
        if let owing = self.owing, self.machine.stream == owing, !holds {
            self.violate("live events come before what was missed")
        }
        if self.owing == nil, holds, self.machine.stream != nil { self.violate("events are held back for nothing") }
    }

    /// Checks that a close ends it from here, when everything that was told to end reports.
    var violationOfClose: String? {
        var world = self.isClosed ? self : self.after(.close)
        while let operation = world.running.first(where: { $0.value.isCancelled })?.key {
            let isWork = operation.kind == .recovery || operation.kind == .audit
            let outcome: FollowerModelMove.Outcome = isWork ? .done : operation.kind == .stream ? .lostBackOff : .left
            world = world.after(.report(operation, outcome))
        }
        if let violation = world.violation { return "after a close: \(violation)" }
        return world.machine.hasEnded && world.finishes == 1 ? nil : "a close does not end it"
    }

    /// Whether nothing is left.
    var hasEnded: Bool { self.machine.hasEnded }
}

@testable import AgentRuntime

/// One state of the search: the table of requests, and callers, queue, writer, server, clock and stream around it.
struct RequestWorld: Hashable {
    typealias Number = AgentRequestTable.Number

    /// A task that sends a request.
    struct Caller: Hashable {
        enum Step: Hashable { case idle, waiting, admitted, enqueueing, enqueued, awaiting, refused, done }

        var step = Step.idle
        var number: Number = 0
        var outcome: AgentRequestTable.Outcome?
        var hasDeadline = false
        var isCancelled = false
    }

    /// Where a request is behind the table.
    enum Place: Hashable { case nowhere, queued, taken, withdrawn, dropped }

    enum Stream: Hashable { case open, closing, ended }

    var table: AgentRequestTable
    let fault: RequestFault?
    let capacity: Int
    /// Whether the search leaves out cancellations, second answers and answers that are held back.
    let isCalm: Bool
    var callers: [Caller]
    /// By caller.
    var places: [Place]
    /// The answers that the server has sent, by caller.
    var answers: [Int]
    /// Actions of the table that the driver has not performed yet: withdrawals, and results of withdrawals.
    var withdrawals: Set<Int> = []
    var withdrawalResults: [Int: Bool] = [:]
    /// Dropped commands that the queue has not reported yet.
    var drops: Set<Int> = []
    var stream = Stream.open
    /// Answers that were delivered and had no effect.
    var lateAnswers = 0
    var violation: String?

    init(callers: Int, capacity: Int, isCalm: Bool = false, fault: RequestFault? = nil) {
        self.table = AgentRequestTable(capacity: fault == .hasNoLimit ? capacity + 1 : capacity)
        (self.fault, self.capacity, self.isCalm) = (fault, capacity, isCalm)
        self.callers = Array(repeating: Caller(), count: callers)
        self.places = Array(repeating: .nowhere, count: callers)
        self.answers = Array(repeating: 0, count: callers)
    }

    /// Whether the result of the caller is still open.
    private func isOpen(_ index: Int) -> Bool {
        self.callers[index].step != .idle && self.callers[index].outcome == nil && self.callers[index].step != .refused
    }

    // MARK: Moves

    /// Calls `body` with each possible next state, the name of the step, and whether the step happens in any case.
    func forEachMove(_ body: (String, Bool, RequestWorld) -> Void) {
        func move(_ name: String, isObliged: Bool = true, _ change: (inout RequestWorld) -> Void) {
            var next = self
            change(&next)
            next.checkTable()
            body(name, isObliged, next)
        }
        for index in self.callers.indices {
            let caller = self.callers[index]
            switch caller.step {
            case .idle: move("request \(index)", isObliged: false) { $0.request(index) }
            case .admitted: move("hand over \(index)") { $0.handOver(index) }
            case .enqueueing: move("enqueue \(index)") { $0.enqueue(index) }
            case .enqueued:
                move("report enqueued \(index)") { world in
                    world.callers[index].step = .awaiting
                    world.act(world.table.enqueued(caller.number))
                }
            case .waiting, .awaiting, .refused, .done: break
            }
            if self.isOpen(index), !caller.hasDeadline {
                move("deadline \(index)", isObliged: false) { $0.giveUp(index, .deadline) }
            }
            if self.isOpen(index), !caller.isCancelled, !self.isCalm {
                move("cancel \(index)", isObliged: false) { $0.giveUp(index, .cancelled) }
            }
            if self.places[index] == .queued, self.stream != .ended {
                move("write \(index)", isObliged: self.stream == .closing) { $0.places[index] = .taken }
            }
            if self.places[index] == .taken, self.stream != .ended, self.answers[index] < (self.isCalm ? 1 : 2) {
                move("answer \(index)", isObliged: false) { $0.answer(index) }
            }
            if self.withdrawals.contains(index) { move("withdraw \(index)") { $0.withdraw(index) } }
            if let wasQueued = self.withdrawalResults[index] {
                move("report withdrawal \(index)") { world in
                    world.withdrawalResults[index] = nil
                    let result = world.fault == .ignoresTheWithdrawal ? true : wasQueued
                    world.act(world.table.withdrew(caller.number, wasQueued: result))
                }
            }
            if self.drops.contains(index) {
                move("report drop \(index)") { world in
                    world.drops.remove(index)
                    world.act(world.table.notDelivered(caller.number, mayBeSent: false))
                }
            }
        }
        switch self.stream {
        case .open:
            move("close", isObliged: false) { $0.closeQueue(dropsQueued: false) }
            move("loss", isObliged: false) { $0.closeQueue(dropsQueued: true) }
            if !self.isCalm { move("held back", isObliged: false) { $0.act($0.table.heldBack()) } }
        case .closing where !self.places.contains(.queued) && self.drops.isEmpty: move("end") { $0.end() }
        case .closing, .ended: break
        }
    }

    private mutating func request(_ index: Int) {
        switch self.table.request() {
        case .admitted(let number): (self.callers[index].step, self.callers[index].number) = (.admitted, number)
        case .waits(let number): (self.callers[index].step, self.callers[index].number) = (.waiting, number)
        case .refused:
            self.callers[index].step = .refused
            if self.stream != .ended { self.violation = "a request was refused before the end" }
        }
        if self.fault == .usesNumbersTwice, let ended = self.callers.firstIndex(where: { $0.outcome != nil }) {
            // As if the table had given the number of the request that has ended.
            let wanted = self.callers[ended].number
            if wanted != 0 { self.callers[index].number = wanted }
        }
        let numbers = self.callers.map(\.number).filter { $0 != 0 }
        if Set(numbers).count != numbers.count { self.violation = "a number is used twice" }
    }

    private mutating func handOver(_ index: Int) {
        let may = self.table.handOver(self.callers[index].number)
        self.callers[index].step = may || self.fault == .sendsAfterGivingUp ? .enqueueing : .awaiting
    }

    private mutating func enqueue(_ index: Int) {
        guard self.stream == .open else {
            self.callers[index].step = .awaiting
            return self.act(self.table.notDelivered(self.callers[index].number, mayBeSent: false))
        }
        self.places[index] = .queued
        self.callers[index].step = .enqueued
    }

    private mutating func giveUp(_ index: Int, _ reason: AgentRequestTable.Reason) {
        if reason == .deadline {
            self.callers[index].hasDeadline = true
        } else {
            self.callers[index].isCancelled = true
        }
        if self.fault == .cancelForgetsTheWaiting, self.callers[index].step == .waiting { return }
        var actions = self.table.gaveUp(self.callers[index].number, reason)
        if self.fault == .tellsNotSentUnasked {
            actions = actions.map { action in
                guard case .withdraw(let number) = action else { return action }
                return .resolve(number, .notSent(reason))
            }
        }
        self.act(actions)
    }

    private mutating func answer(_ index: Int) {
        self.answers[index] += 1
        var number = self.callers[index].number
        if self.fault == .answersTheOldest {
            let open = self.callers.indices.filter { self.isOpen($0) && self.places[$0] == .taken }
            number = open.map { self.callers[$0].number }.min() ?? number
        }
        let before = self.table.lateAnswers
        let actions = self.table.answered(number)
        let isLate = !self.isOpen(index)
        if actions.isEmpty { self.lateAnswers += 1 }
        if self.table.lateAnswers - before != (actions.isEmpty ? 1 : 0) {
            self.violation = "a late answer is not counted"
        }
        if isLate, !actions.isEmpty { self.violation = "a late answer has an effect" }
        for case .resolve(let resolved, .answered) in actions where resolved != self.callers[index].number {
            self.violation = "an answer goes to another request"
        }
        if self.fault == .believesTheSecondAnswer, actions.isEmpty {
            return self.act([.resolve(number, .answered)])
        }
        self.act(actions)
    }

    private mutating func withdraw(_ index: Int) {
        self.withdrawals.remove(index)
        let wasQueued = self.places[index] == .queued
        if wasQueued { self.places[index] = .withdrawn }
        self.withdrawalResults[index] = wasQueued
    }

    private mutating func closeQueue(dropsQueued: Bool) {
        self.stream = .closing
        guard dropsQueued else { return }
        for index in self.places.indices where self.places[index] == .queued {
            self.places[index] = .dropped
            self.drops.insert(index)
        }
    }

    private mutating func end() {
        self.stream = .ended
        var actions = self.table.ended()
        switch self.fault {
        case .endForgetsTheWaiting:
            actions.removeAll { action in
                guard case .resolve(let number, _) = action else { return false }
                return self.callers.contains { $0.number == number && $0.step == .waiting }
            }
        case .endForgetsTheSent:
            actions.removeAll { if case .resolve(_, .unknown) = $0 { true } else { false } }
        case .endGuesses:
            actions = actions.map { action in
                guard case .resolve(let number, _) = action else { return action }
                return .resolve(number, .unknown(.lost))
            }
        default: break
        }
        self.act(actions)
    }

    /// Performs the actions of the table, as the driver does.
    private mutating func act(_ actions: [AgentRequestTable.Action]) {
        for action in actions {
            switch action {
            case .admit(let number):
                let waiting = self.callers.filter { $0.step == .waiting }.map(\.number)
                if waiting.contains(where: { $0 < number }) {
                    self.violation = "a later request is before an earlier one"
                }
                guard self.fault != .forgetsToAdmit, let index = self.caller(number) else { continue }
                if self.callers[index].step == .waiting { self.callers[index].step = .admitted }
            case .withdraw(let number):
                if let index = self.caller(number) { self.withdrawals.insert(index) }
            case .resolve(let number, let outcome):
                guard let index = self.caller(number) else { continue }
                if self.callers[index].outcome != nil { self.violation = "a request has two outcomes" }
                self.callers[index].outcome = outcome
                if self.callers[index].step == .waiting { self.callers[index].step = .done }
            }
        }
    }

    private func caller(_ number: Number) -> Int? { self.callers.firstIndex { $0.number == number } }

    // MARK: Rules

    private mutating func checkTable() {
        if self.table.placesTaken > self.capacity { self.violation = "more requests than places" }
    }

    /// The broken rule of this state; nil if it is correct.
    ///
    /// - Parameter isQuiet: Whether nothing more happens unless a caller, the server or the clock begins something.
    func check(isQuiet: Bool) -> String? {
        if let violation = self.violation { return violation }
        for index in self.callers.indices {
            switch self.callers[index].outcome {
            case .notSent? where self.places[index] == .taken: return "told not sent, and it was sent"
            // Its caller gave up while the queue was being closed, and the queue had not reported that it drops it.
            case .unknown(.deadline)? where self.places[index] == .dropped: break
            case .unknown(.cancelled)? where self.places[index] == .dropped: break
            case .unknown(.heldBack)? where self.places[index] == .dropped: break
            case .unknown? where self.places[index] != .taken: return "told unknown, and it was never sent"
            case .answered? where self.answers[index] == 0: return "answered without an answer"
            default: break
            }
        }
        return isQuiet ? self.checkQuiet() : nil
    }

    private func checkQuiet() -> String? {
        let open = self.callers.indices.filter { self.isOpen($0) }
        if self.stream == .ended, !open.isEmpty { return "a request outlives its stream" }
        for index in open {
            let caller = self.callers[index]
            if caller.hasDeadline || caller.isCancelled { return "a caller gave up, and is not told" }
            let withPlace = open.filter { self.callers[$0].step != .waiting }
            if caller.step == .waiting, withPlace.count < self.capacity { return "a place is free, and one waits" }
        }
        return nil
    }
}

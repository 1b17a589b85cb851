import Testing

@testable import WorkspaceLifecycle

@Suite("A lane")
struct LaneTests {
    private func batch(_ operation: LaneBatch.Operation, _ number: UInt64, generation: UInt64? = nil) -> LaneBatch {
        LaneBatch(operation: operation, tickets: [.init(number: number)], onlyGeneration: generation)
    }

    private func lane(_ change: (inout RestartPolicy) -> Void = { _ in }) -> Lane {
        var policy = RestartPolicy()
        change(&policy)
        return Lane(policy: policy)
    }

    @Test("Requests during a cycle give exactly one more cycle, which serves them all")
    func merges() {
        var lane = self.lane()
        #expect(lane.request(self.batch(.restart, 1)) == [.run(self.batch(.restart, 1))])
        for number in 2...6 { #expect(lane.request(self.batch(.restart, UInt64(number))) == []) }
        let merged = LaneBatch(operation: .restart, tickets: (2...6).map { .init(number: $0) })
        #expect(lane.finished(isProven: true, now: .zero) == [.run(merged)])
        #expect(lane.finished(isProven: true, now: .zero) == [])
        #expect(lane.isForgettable)
    }

    @Test(
        "A request while one waits is merged as the table says",
        arguments: [
            (LaneBatch.Operation.restart, LaneBatch.Operation.restart, LaneBatch.Operation.restart, [UInt64]()),
            (.restart, .stop, .stop, [2]), (.restart, .delete, .delete, [2]), (.stop, .stop, .stop, []),
            (.stop, .restart, .restart, []), (.stop, .delete, .delete, []), (.delete, .delete, .delete, []),
            (.delete, .stop, .delete, []), (.delete, .restart, .delete, [3]),
        ]
    )
    func table(
        first: LaneBatch.Operation,
        second: LaneBatch.Operation,
        result: LaneBatch.Operation,
        outranked: [UInt64]
    ) {
        var lane = self.lane()
        _ = lane.request(self.batch(.restart, 1))
        _ = lane.request(self.batch(first, 2))
        let effects = lane.request(self.batch(second, 3))
        let tickets = outranked.map { LaneBatch.Ticket(number: $0) }
        #expect(effects == (outranked.isEmpty ? [] : [.supersede(tickets, by: result)]))
        #expect(lane.pending?.operation == result)
        #expect(lane.pending?.tickets.map(\.number) == [2, 3].filter { !outranked.contains($0) })
    }

    @Test("Of merged commands the last that says what to run counts")
    func commands() {
        var (first, second) = (self.batch(.restart, 1), self.batch(.restart, 2, generation: 1))
        (first.command, second.command) = (RuntimeCommand(["new"]), RuntimeCommand([]))
        #expect(first.merged(with: second).batch.command?.arguments == ["new"])
        second.command = RuntimeCommand(["newer"])
        #expect(first.merged(with: second).batch.command?.arguments == ["newer"])
    }

    @Test("A failing cycle leaves the lane usable")
    func failure() {
        var lane = self.lane()
        _ = lane.request(self.batch(.restart, 1))
        #expect(lane.finished(isProven: false, now: .zero) == [])
        #expect(lane.request(self.batch(.restart, 2)) == [.run(self.batch(.restart, 2))])
    }

    @Test("Complaints are acted on when they cease, the last one included")
    func trailingEdge() {
        var lane = self.lane { $0.quietPeriod = .seconds(2) }
        #expect(lane.complain(self.batch(.restart, 1, generation: 4), now: .seconds(0)) == [.setTimer(.seconds(2))])
        #expect(lane.complain(self.batch(.restart, 2, generation: 4), now: .seconds(1)) == [.setTimer(.seconds(3))])
        #expect(lane.timerFired(now: .seconds(2), jitter: 0) == [.setTimer(.seconds(3))])
        let merged = LaneBatch(operation: .restart, tickets: [.init(number: 1), .init(number: 2)], onlyGeneration: 4)
        #expect(lane.timerFired(now: .seconds(3), jitter: 0) == [.run(merged)])
    }

    @Test("Complaints that never cease are acted on after the longest wait")
    func maximumWait() {
        var lane = self.lane {
            $0.quietPeriod = .seconds(2)
            $0.maximumWait = .seconds(5)
        }
        for second in 0...4 {
            _ = lane.complain(self.batch(.restart, UInt64(second), generation: 1), now: .seconds(second))
        }
        #expect(lane.due == .seconds(5))
    }

    @Test("A person's restart is not delayed and serves the complaints that wait")
    func explicitAbsorbs() {
        var lane = self.lane()
        _ = lane.complain(self.batch(.restart, 1, generation: 1), now: .zero)
        let merged = LaneBatch(operation: .restart, tickets: [.init(number: 1), .init(number: 2)])
        #expect(lane.request(self.batch(.restart, 2)) == [.cancelTimer, .run(merged)])
    }

    @Test("A complaint never undoes a stop, whichever comes first")
    func stopOutranksComplaint() {
        var lane = self.lane()
        _ = lane.request(self.batch(.stop, 1))
        let late = lane.complain(self.batch(.restart, 2, generation: 1), now: .zero)
        #expect(late == [.supersede([.init(number: 2)], by: .stop)])
        var other = self.lane()
        _ = other.complain(self.batch(.restart, 1, generation: 1), now: .zero)
        let stop = other.request(self.batch(.stop, 2))
        #expect(stop == [.cancelTimer, .supersede([.init(number: 1)], by: .stop), .run(self.batch(.stop, 2))])
    }

    @Test("Pauses double with jitter up to a limit, then the lane gives up; a person gets a fresh budget")
    func budget() {
        var lane = self.lane {
            ($0.attempts, $0.quietPeriod, $0.jitter) = (3, .zero, 0.5)
            ($0.initialBackoff, $0.maximumBackoff) = (.seconds(4), .seconds(6))
        }
        var now = Duration.zero
        var pauses: [Duration] = []
        for number in 1...3 {
            _ = lane.complain(self.batch(.restart, UInt64(number), generation: 1), now: now)
            pauses.append((lane.due ?? .zero) - now)
            now = lane.due ?? now
            _ = lane.timerFired(now: now, jitter: number == 1 ? -1 : 1)
            _ = lane.finished(isProven: false, now: now)
        }
        #expect(pauses == [.zero, .seconds(2), .seconds(9)])
        #expect(lane.complain(self.batch(.restart, 4, generation: 1), now: now) == [.giveUp(.init(number: 4))])
        #expect(lane.request(self.batch(.restart, 5)) == [.run(self.batch(.restart, 5))])
        #expect(lane.budget.isFresh)
    }

    @Test("Proven health for long enough gives a fresh budget, a shorter one does not")
    func healthResets() {
        var budget = RestartBudget()
        var policy = RestartPolicy()
        policy.resetAfter = .seconds(100)
        budget.attempt(now: .zero, jitter: 0, policy)
        budget.proven(now: .seconds(1))
        budget.complained(now: .seconds(100), policy)
        #expect(budget.used == 1)
        budget.proven(now: .seconds(101))
        budget.complained(now: .seconds(201), policy)
        #expect(budget.isFresh)
    }
}

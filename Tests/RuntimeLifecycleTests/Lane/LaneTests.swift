import Testing

@testable import RuntimeLifecycle

@Suite("A lane")
struct LaneTests {
    private func batch(
        _ verb: LifecycleVerb,
        _ numbers: UInt64...,
        generation: UInt64? = nil,
        since: Duration = .zero
    ) -> LaneBatch {
        LaneBatch(
            verb: verb,
            tickets: numbers.map { .init(number: $0) },
            complaint: generation.map { .init(generation: $0, since: since) }
        )
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
        let merged = self.batch(.restart, 2, 3, 4, 5, 6)
        #expect(lane.finished(.done) == [.run(merged)])
        #expect(lane.finished(.done) == [])
        #expect(lane.isForgettable)
    }

    @Test(
        "A request while one waits is merged as the table says",
        arguments: [
            (LifecycleVerb.restart, LifecycleVerb.restart, LifecycleVerb.restart, [UInt64]()),
            (.restart, .stop, .stop, [2]), (.restart, .delete, .delete, [2]), (.stop, .stop, .stop, []),
            (.stop, .restart, .restart, []), (.stop, .delete, .delete, []), (.delete, .delete, .delete, []),
            (.delete, .stop, .delete, []), (.delete, .restart, .delete, [3]),
        ]
    )
    func table(
        first: LifecycleVerb,
        second: LifecycleVerb,
        result: LifecycleVerb,
        outranked: [UInt64]
    ) {
        var lane = self.lane()
        _ = lane.request(self.batch(.restart, 1))
        _ = lane.request(self.batch(first, 2))
        let effects = lane.request(self.batch(second, 3))
        let tickets = outranked.map { LaneBatch.Ticket(number: $0) }
        #expect(effects == (outranked.isEmpty ? [] : [.supersede(tickets, by: result)]))
        #expect(lane.pending?.verb == result)
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
        #expect(lane.finished(.done) == [])
        #expect(lane.request(self.batch(.restart, 2)) == [.run(self.batch(.restart, 2))])
    }

    @Test("Complaints are acted on when they cease, the last one included")
    func trailingEdge() {
        var lane = self.lane { $0.quietPeriod = .seconds(2) }
        #expect(lane.complain(self.batch(.restart, 1, generation: 4), now: .seconds(0)) == [.setTimer(.seconds(2))])
        #expect(lane.complain(self.batch(.restart, 2, generation: 4), now: .seconds(1)) == [.setTimer(.seconds(3))])
        #expect(lane.timerFired(now: .seconds(2)) == [.setTimer(.seconds(3))])
        #expect(lane.timerFired(now: .seconds(3)) == [.run(self.batch(.restart, 1, 2, generation: 4))])
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
        #expect(lane.request(self.batch(.restart, 2)) == [.cancelTimer, .run(self.batch(.restart, 1, 2))])
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

    /// A lane whose cycle of one complaint, the first, runs.
    private func complained() -> Lane {
        var lane = self.lane { $0.quietPeriod = .zero }
        _ = lane.complain(self.batch(.restart, 1, generation: 1), now: .zero)
        _ = lane.timerFired(now: .zero)
        return lane
    }

    @Test("A complaint whose time has not come waits until then, with those that come meanwhile")
    func postponed() {
        var lane = self.complained()
        #expect(lane.finished(.postponed(until: .seconds(9))) == [.setTimer(.seconds(9))])
        let later = self.batch(.restart, 2, generation: 1, since: .seconds(4))
        #expect(lane.complain(later, now: .seconds(4)) == [.setTimer(.seconds(9))])
        #expect(lane.timerFired(now: .seconds(9)) == [.run(self.batch(.restart, 1, 2, generation: 1))])
        #expect(lane.finished(.done) == [] && lane.isForgettable)
    }

    @Test("Complaints that came while one was put off wait with it")
    func postponedAgain() {
        var lane = self.complained()
        _ = lane.complain(self.batch(.restart, 2, generation: 2), now: .seconds(1))
        #expect(lane.finished(.postponed(until: .seconds(9))) == [.setTimer(.seconds(9))])
        let merged = lane.timerFired(now: .seconds(9))
        #expect(merged == [.run(self.batch(.restart, 2, 1, generation: 2))])
    }

    @Test("A complaint that is put off is served by the restart that waits, and ends when a stop waits")
    func postponedBehindRequests() {
        var lane = self.complained()
        _ = lane.request(self.batch(.restart, 2))
        #expect(lane.finished(.postponed(until: .seconds(9))) == [.run(self.batch(.restart, 1, 2))])
        var other = self.complained()
        _ = other.request(self.batch(.stop, 2))
        let effects = other.finished(.postponed(until: .seconds(9)))
        #expect(effects == [.supersede([.init(number: 1)], by: .stop), .run(self.batch(.stop, 2))])
    }
}

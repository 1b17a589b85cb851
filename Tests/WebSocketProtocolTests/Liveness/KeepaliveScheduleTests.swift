import Testing

@testable import WebSocketProtocol

@Suite("Keepalive, as a machine")
struct KeepaliveScheduleTests {
    /// A machine with interval 10 and timeout 4, started at 100.
    private static func machine(_ state: State = .listening) -> KeepaliveSchedule {
        var machine = KeepaliveSchedule(interval: .seconds(10), timeout: .seconds(4), now: .seconds(100))
        if state != .listening { _ = machine.timerFired(now: .seconds(110)) }
        if state == .awaiting { machine.pingFlushed(now: .seconds(111)) }
        return machine
    }

    enum State: CaseIterable { case listening, pinging, awaiting }

    @Test("The first look is one interval after the beginning")
    func firstCheck() { #expect(Self.machine().firstCheck == .seconds(110)) }

    @Test("Silence of one interval sends a Ping; less waits for the rest of it")
    func listening() {
        var machine = Self.machine()
        #expect(machine.timerFired(now: .seconds(109)) == .wait(until: .seconds(110)))
        machine.receivedAnything(now: .seconds(105))
        #expect(machine.timerFired(now: .seconds(110)) == .wait(until: .seconds(115)))
        #expect(machine.timerFired(now: .seconds(115)) == .sendPing(nextCheck: .seconds(119)))
    }

    @Test("While the Ping is queued the peer is not blamed, however long it takes")
    func pinging() {
        var machine = Self.machine(.pinging)
        #expect(machine.timerFired(now: .seconds(114)) == .wait(until: .seconds(118)))
        #expect(machine.timerFired(now: .seconds(500)) == .wait(until: .seconds(504)))
        machine.pingFlushed(now: .seconds(600))
        #expect(machine.timerFired(now: .seconds(603)) == .wait(until: .seconds(604)))
        #expect(machine.timerFired(now: .seconds(604)) == .expired)
    }

    @Test("From the flush of the Ping, the peer has the timeout")
    func awaiting() {
        var machine = Self.machine(.awaiting)
        #expect(machine.timerFired(now: .seconds(114)) == .wait(until: .seconds(115)))
        #expect(machine.timerFired(now: .seconds(115)) == .expired)
    }

    @Test("Anything received is a proof of life in every state", arguments: State.allCases)
    func received(state: State) {
        var machine = Self.machine(state)
        machine.receivedAnything(now: .seconds(113))
        #expect(machine.timerFired(now: .seconds(122)) == .wait(until: .seconds(123)))
        #expect(machine.timerFired(now: .seconds(123)) == .sendPing(nextCheck: .seconds(127)))
    }

    @Test("A flush is ignored unless a Ping is queued", arguments: [State.listening, .awaiting])
    func flushed(state: State) {
        var machine = Self.machine(state)
        machine.pingFlushed(now: .seconds(114))
        let expected: KeepaliveSchedule.OnTimer =
            state == .listening ? .sendPing(nextCheck: .seconds(119)) : .expired
        #expect(machine.timerFired(now: .seconds(115)) == expected)
    }

    @Test("While we don't read, silence proves nothing; then the clock starts again", arguments: State.allCases)
    func paused(state: State) {
        var machine = Self.machine(state)
        machine.pausedReading()
        #expect(machine.timerFired(now: .seconds(500)) == .wait(until: .seconds(510)))
        machine.pingFlushed(now: .seconds(501))
        machine.resumedReading(now: .seconds(600))
        #expect(machine.timerFired(now: .seconds(609)) == .wait(until: .seconds(610)))
        #expect(machine.timerFired(now: .seconds(610)) == .sendPing(nextCheck: .seconds(614)))
    }

    @Test("Reading on without a pause is no sign of life", arguments: State.allCases)
    func resumedWithoutPause(state: State) {
        var machine = Self.machine(state)
        machine.resumedReading(now: .seconds(114))
        #expect(machine.timerFired(now: .seconds(115)) != .wait(until: .seconds(124)))
    }

    @Test("A timeout longer than the interval does not make the Pings rarer")
    func longTimeout() {
        var machine = KeepaliveSchedule(interval: .seconds(5), timeout: .seconds(20), now: .zero)
        #expect(machine.timerFired(now: .seconds(5)) == .sendPing(nextCheck: .seconds(10)))
        machine.pingFlushed(now: .seconds(5))
        machine.receivedAnything(now: .seconds(6))
        #expect(machine.timerFired(now: .seconds(10)) == .wait(until: .seconds(11)))
        #expect(machine.timerFired(now: .seconds(11)) == .sendPing(nextCheck: .seconds(16)))
        machine.pingFlushed(now: .seconds(12))
        #expect(machine.timerFired(now: .seconds(16)) == .wait(until: .seconds(21)))
        #expect(machine.timerFired(now: .seconds(31)) == .wait(until: .seconds(32)))
        #expect(machine.timerFired(now: .seconds(32)) == .expired)
    }
}

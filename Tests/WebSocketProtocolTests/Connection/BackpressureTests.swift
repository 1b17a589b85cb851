import Testing

@testable import WebSocketProtocol

@Suite("The state machine of backpressure")
struct BackpressureTests {
    private static func backpressure(_ state: Backpressure.State) -> Backpressure {
        var backpressure = Backpressure()
        backpressure.state = state
        return backpressure
    }

    static let states: [Backpressure.State] = [
        .flowing, .paused(holdsRead: false), .paused(holdsRead: true), .draining(drops: false), .draining(drops: true),
    ]

    @Test("Reading stops when the queue passes its high mark, and only once")
    func pauses() {
        for state in Self.states {
            var backpressure = Self.backpressure(state)
            #expect(backpressure.passedHighMark() == (state == .flowing))
            #expect(backpressure.state == (state == .flowing ? .paused(holdsRead: false) : state))
        }
    }

    @Test("A read that is requested during a pause waits until reading continues")
    func holdsRead() {
        for state in Self.states {
            var backpressure = Self.backpressure(state)
            let isPaused = backpressure.isPaused
            #expect(backpressure.mayRead() == !isPaused)
            #expect(backpressure.state == (isPaused ? .paused(holdsRead: true) : state))
        }
    }

    @Test("Reading continues when there is room, if it was paused", arguments: [false, true])
    func resumes(holdsRead: Bool) {
        for state in Self.states where state != .paused(holdsRead: !holdsRead) {
            var backpressure = Self.backpressure(state)
            let isPaused = state == .paused(holdsRead: holdsRead)
            #expect(backpressure.roomMade() == (isPaused ? .init(readsNow: holdsRead) : nil))
            #expect(backpressure.state == (isPaused ? .flowing : state))
        }
    }

    @Test("While the connection ends, reading never stops", arguments: [false, true])
    func readsOn(holdsRead: Bool) {
        for state in Self.states where state != .paused(holdsRead: !holdsRead) {
            var backpressure = Self.backpressure(state)
            #expect(
                backpressure.readOn() == (state == .paused(holdsRead: holdsRead) ? .init(readsNow: holdsRead) : nil)
            )
            #expect(backpressure.state == .draining(drops: state == .draining(drops: true)))
            #expect(!backpressure.passedHighMark() && backpressure.mayRead() && backpressure.roomMade() == nil)
        }
    }

    @Test("The state decides if messages are queued, dropped or too much", arguments: [false, true], [false, true])
    func messages(isFull: Bool, isTooMuch: Bool) {
        for state in Self.states {
            var backpressure = Self.backpressure(state)
            let outcome = backpressure.received(isFull: isFull, isTooMuch: isTooMuch)
            switch state {
            case .flowing: #expect(outcome == .queue && backpressure.state == state)
            case .paused: #expect(outcome == (isTooMuch ? .tooMuch : .queue) && backpressure.state == state)
            case .draining(let drops):
                #expect(outcome == (drops || isFull ? .drop : .queue))
                #expect(backpressure.state == .draining(drops: drops || isFull))
            }
        }
    }
}

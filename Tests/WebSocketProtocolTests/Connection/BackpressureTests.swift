import Testing

@testable import WebSocketProtocol

@Suite("Backpressure, as a machine")
struct BackpressureTests {
    private static func backpressure(_ state: Backpressure.State) -> Backpressure {
        var backpressure = Backpressure()
        backpressure.state = state
        return backpressure
    }

    static let states: [Backpressure.State] = [
        .flowing, .paused(holdsRead: false), .paused(holdsRead: true), .draining(drops: false), .draining(drops: true),
    ]

    @Test("Over the high mark reading stops, once")
    func pauses() {
        for state in Self.states {
            var backpressure = Self.backpressure(state)
            #expect(backpressure.passedHighMark() == (state == .flowing))
            #expect(backpressure.state == (state == .flowing ? .paused(holdsRead: false) : state))
        }
    }

    @Test("A read that is asked for while reading is paused is held, and done when it goes on")
    func holdsRead() {
        for state in Self.states {
            var backpressure = Self.backpressure(state)
            let isPaused = backpressure.isPaused
            #expect(backpressure.mayRead() == !isPaused)
            #expect(backpressure.state == (isPaused ? .paused(holdsRead: true) : state))
        }
    }

    @Test("Room makes reading go on if it was paused", arguments: [false, true])
    func resumes(holdsRead: Bool) {
        for state in Self.states where state != .paused(holdsRead: !holdsRead) {
            var backpressure = Self.backpressure(state)
            let isPaused = state == .paused(holdsRead: holdsRead)
            #expect(backpressure.roomMade() == (isPaused ? .init(readsNow: holdsRead) : nil))
            #expect(backpressure.state == (isPaused ? .flowing : state))
        }
    }

    @Test("On the way to the end reading goes on for good", arguments: [false, true])
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

    @Test("Messages are queued, dropped or too much as the state says", arguments: [false, true], [false, true])
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

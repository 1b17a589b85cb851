import ProcessSignals
import Testing

@testable import CommandIO

@Suite("What a second signal means")
struct SignalPatienceTests {
    @Test(
        "A second signal is impatience, but a SIGHUP and what timeout(1) sends twice are not",
        arguments: [
            (TerminationSignal.interrupt, TerminationSignal.interrupt, 500, SignalPatience.Request.endAtOnce),
            (.terminate, .terminate, 100, .endAtOnce),
            (.terminate, .terminate, 99, .nothing),
            (.terminate, .interrupt, 1, .endAtOnce),
            (.hangUp, .terminate, 1, .endAtOnce),
            (.hangUp, .hangUp, 500, .nothing),
            (.terminate, .hangUp, 500, .nothing),
        ]
    )
    func second(
        first: TerminationSignal,
        second: TerminationSignal,
        milliseconds: Int,
        expected: SignalPatience.Request
    ) {
        var patience = SignalPatience()
        let start = ContinuousClock.now
        #expect(patience.received(first, at: start) == .end)
        #expect(patience.received(second, at: start + .milliseconds(milliseconds)) == expected)
    }

    @Test("After a signal that says nothing, impatience is still heard")
    func third() {
        var patience = SignalPatience()
        let start = ContinuousClock.now
        _ = patience.received(.terminate, at: start)
        #expect(patience.received(.hangUp, at: start + .seconds(1)) == .nothing)
        #expect(patience.received(.terminate, at: start + .seconds(2)) == .endAtOnce)
    }
}

import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("Timers on a clock", .timeLimit(.minutes(1)))
struct ClockTimersTests {
    @Test("The time of a timer begins when it is set, not when its task runs")
    func beginsAtOnce() async throws {
        let clock = ManualMockClock()
        let timers = ClockTimers(clock)
        let fired = Promise<Void>()
        let timer = timers.schedule(after: .seconds(20)) { fired.resolve(()) }
        clock.advance(by: .seconds(20))
        try await withTimeout("the timer") { try await fired.waitUnlessCancelled() }
        #expect(timers.now == .seconds(20))
        timer.cancel()
    }

    @Test("A cancelled timer does not fire, and its task no longer sleeps")
    func cancelled() async throws {
        let clock = ManualMockClock()
        let fired = Promise<Void>()
        let timer = ClockTimers(clock).schedule(after: .seconds(1)) { fired.resolve(()) }
        await clock.waitForSleepers(1)
        timer.cancel()
        try await eventually("no sleeper") { clock.nextDeadline == nil }
        clock.advance(by: .seconds(2))
        #expect(fired.value == nil)
    }
}

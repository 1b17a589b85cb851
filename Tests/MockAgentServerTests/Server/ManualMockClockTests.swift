import MockAgentServer
import Testing

@Suite("The manual clock", .timeLimit(.minutes(1)))
struct ManualMockClockTests {
    @Test("Sleepers wake when their time has come, not earlier")
    func wakes() async throws {
        let clock = ManualMockClock()
        let first = Task { try await clock.sleep(for: .seconds(1)) }
        let second = Task { try await clock.sleep(for: .seconds(2)) }
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(999))
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(1))
        try await first.value
        #expect(clock.now.offset == .seconds(1))
        clock.advance(by: .seconds(1))
        try await second.value
        try await clock.sleep(until: clock.now, tolerance: nil)
    }

    @Test("A cancelled sleeper gets CancellationError, before or while it sleeps")
    func cancelled() async {
        let clock = ManualMockClock()
        let sleeping = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleepers(1)
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }
}

import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol

@testable import WorkspaceFollowing

@Suite("The waits between attempts")
struct ReconnectPolicyTests {
    private let policy = ReconnectPolicy()

    @Test("The first retry comes after 0 to 250 ms, whatever the advice")
    func first() {
        #expect(self.policy.delay(after: 1, .backOff, random: 0) == .zero)
        #expect(self.policy.delay(after: 1, .backOff, random: 1) == .milliseconds(250))
        #expect(self.policy.delay(after: 1, .now, random: 1) == .milliseconds(250))
    }

    @Test(
        "Later ones come after 100 ms to a bound that doubles from 500 ms to 20 s",
        arguments: [
            (2, 500), (3, 1000), (4, 2000), (5, 4000), (6, 8000), (7, 16_000), (8, 20_000), (9, 20_000), (1000, 20_000),
            (Int.max, 20_000),
        ]
    )
    func later(failures: Int, bound: Int) {
        #expect(self.policy.delay(after: failures, .backOff, random: 0) == .milliseconds(100))
        #expect(self.policy.delay(after: failures, .backOff, random: 1) == .milliseconds(bound))
        #expect(self.policy.delay(after: failures, .backOff, random: 0.5) == .milliseconds((100 + bound) / 2))
    }

    @Test("A wait is never outside of its bounds, for any number of failures and any random number", arguments: 0..<50)
    func bounds(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<100 {
            let failures = 1 + Int(random.next() % 40)
            let draw = Double(random.next() >> 11) / Double(1 << 53) * 1.2 - 0.1
            let delay = self.policy.delay(after: failures, .backOff, random: draw)
            #expect(delay >= (failures == 1 ? .zero : .milliseconds(100)))
            #expect(delay <= (failures == 1 ? .milliseconds(250) : .seconds(20)))
        }
    }

    @Test("Retry-After is the shortest wait, with up to 250 ms more, and at most 5 min")
    func retryAfter() {
        #expect(self.policy.delay(after: 1, .after(.seconds(7)), random: 0) == .seconds(7))
        #expect(self.policy.delay(after: 1, .after(.seconds(7)), random: 1) == .milliseconds(7250))
        // Also if the back-off would be longer: the runtime knows better.
        #expect(self.policy.delay(after: 30, .after(.seconds(1)), random: 1) == .milliseconds(1250))
        #expect(self.policy.delay(after: 1, .after(.seconds(86_400)), random: 0) == .seconds(300))
        #expect(self.policy.delay(after: 1, .after(.zero), random: 0) == .zero)
    }

    @Test("A longest wait below the shortest one's doubles counts for all")
    func smallLongestWait() {
        var policy = ReconnectPolicy()
        (policy.shortestWait, policy.longestWait) = (.milliseconds(50), .milliseconds(50))
        for failures in 2..<20 {
            #expect(policy.delay(after: failures, .backOff, random: 1) == .milliseconds(50))
        }
    }
}

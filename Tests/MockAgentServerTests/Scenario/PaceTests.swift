import Testing

@testable import MockAgentServer

@Suite("Pace", .timeLimit(.minutes(1)))
struct PaceTests {
    @Test("Each is done when it is due", arguments: [(10.0, 4, 0.3), (3, 10, 3), (1000, 2500, 2.499)])
    func rate(rate: Double, count: Int, seconds: Double) async throws {
        let clock = LeapingClock()
        var done: [Range<Int>] = []
        try await Pace(rate: rate, count: count, atOnce: 64).run(clock) { done.append($0) }
        #expect(done == (0..<count).map { $0..<($0 + 1) })
        #expect(abs(clock.now.offset / .seconds(1) - seconds) < 1e-6)
    }

    @Test("Late actions run together, but not more than allowed at once")
    func overdue() async throws {
        let clock = LeapingClock()
        var done: [Range<Int>] = []
        try await Pace(rate: 10, count: 30, atOnce: 8).run(clock) { range in
            done.append(range)
            // The first range takes a second and a half.
            if range.lowerBound == 0 { try await clock.sleep(for: .seconds(1.5)) }
        }
        #expect(Array(done.prefix(4)) == [0..<1, 1..<9, 9..<16, 16..<17])
    }

    @Test("Without a rate all is done as fast as it goes, in portions")
    func unlimited() async throws {
        var done: [Range<Int>] = []
        try await Pace(rate: nil, count: 10, atOnce: 4).run(LeapingClock()) { done.append($0) }
        #expect(done == [0..<4, 4..<8, 8..<10])
    }
}

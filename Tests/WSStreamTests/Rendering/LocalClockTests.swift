import Testing

@testable import wsstream

@Suite("The time of day")
struct LocalClockTests {
    @Test(
        "Milliseconds since 1970 become a local time",
        arguments: [
            (0, 0, "00:00:00.000"),
            (86_399_999, 0, "23:59:59.999"),
            (86_399_999, 1, "00:00:00.999"),
            (1_767_225_600_123, 3600, "01:00:00.123"),
            (0, -1, "23:59:59.000"),
            (-1, 0, "23:59:59.999"),
            (-1000, 0, "23:59:59.000"),
        ] as [(Int64, Int, String)]
    )
    func formats(timestamp: Int64, offset: Int, expected: String) {
        #expect(LocalClock { _ in offset }.timeOfDay(timestamp) == expected)
    }

    @Test("No timestamp is dashes, and the extremes do not trap")
    func survivesExtremes() {
        #expect(LocalClock.system.timeOfDay(nil) == "--:--:--.---")
        #expect(LocalClock.system.timeOfDay(.max).count == 12)
        #expect(LocalClock.system.timeOfDay(.min).count == 12)
    }
}

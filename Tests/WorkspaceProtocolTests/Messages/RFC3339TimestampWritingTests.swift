import Testing
import WorkspaceProtocol

@Suite("Timestamps that are written")
struct RFC3339TimestampWritingTests {
    @Test(
        "A point in time is written as agentctl writes it",
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (951_827_696, 500_000_000, "2000-02-29T12:34:56.5Z"),
            (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
            (1_795_261_729, 622_000_000, "2026-11-21T11:48:49.622Z"),
            (253_402_300_799, 1, "9999-12-31T23:59:59.000000001Z"), (.max, 0, "9999-12-31T23:59:59Z"),
            (-62_167_219_200, 0, "0000-01-01T00:00:00Z"), (.min, 0, "0000-01-01T00:00:00Z"),
        ] as [(Int64, Int, String)]
    )
    func writes(seconds: Int64, nanoseconds: Int, text: String) {
        #expect(RFC3339Timestamp(.init(seconds: seconds, nanoseconds: nanoseconds)).rawValue == text)
    }

    @Test("A written timestamp reads as the same point in time, for every day of more than four centuries")
    func writesWhatItReads() {
        for day in stride(from: Int64(-719_000), to: 800_000, by: 37) {
            let instant = RFC3339Timestamp.Instant(seconds: day * 86_400 + day & 0xFFFF, nanoseconds: Int(day & 0xFFF))
            #expect(RFC3339Timestamp(instant).instant == instant)
        }
    }

    @Test("Now is between before and after")
    func now() throws {
        let first = try #require(RFC3339Timestamp.now.instant)
        let second = try #require(RFC3339Timestamp.now.instant)
        #expect(first <= second)
        #expect(first.seconds > 1_700_000_000)
    }
}

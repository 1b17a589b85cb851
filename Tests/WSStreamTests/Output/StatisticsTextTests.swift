import CommandIO
import Testing
import WorkspaceProtocol

@testable import wsstream

@Suite("Numbers in words")
struct StatisticsTextTests {
    private static let snapshot = TailStatistics.Snapshot(
        events: 1234,
        shown: 12,
        byType: [.pong: 4, .gitStatus: 1200, .gitCommit: 4],
        unknown: 20,
        malformed: 6,
        bytes: 1_250_000,
        latency: .microseconds(412),
        elapsed: .milliseconds(2500)
    )

    @Test("The live line fits 80 columns")
    func fitsALine() {
        let line = StatisticsText.line(Self.snapshot)
        #expect(line == "1234 events  494/s  1.3 MB  bad 6  unknown 20  2.5 s")
    }

    @Test("The summary has everything, the commonest type first, and escapes the server's words")
    func summarizes() {
        #expect(
            StatisticsText.summary(Self.snapshot, end: SafeText(escaping: "closed by the server: 1000 \"\u{1B}\""))
                == """
                events     1234, shown 12, 494/s
                types      git_status 1200, git_commit 4, pong 4
                bytes      1.3 MB
                malformed  6, unknown types 20
                latency    0.41 ms
                duration   2.5 s
                ended      closed by the server: 1000 "\\e"

                """
        )
    }

    @Test("A followed workspace also has its reconnects, gaps and recovered events")
    func summarizesFollowing() {
        var snapshot = Self.snapshot
        snapshot.following = TailStatistics.Following(reconnects: 2, gaps: 3, recovered: 40)
        #expect(
            StatisticsText.summary(snapshot, end: "x").description
                .hasSuffix("duration   2.5 s\nreconnects 2, gaps 3, recovered events 40\nended      x\n")
        )
        #expect(StatisticsText.line(snapshot) == "1234 events  494/s  1.3 MB  bad 6  unknown 20  gaps 3  2.5 s")
    }

    @Test("Compression is said where there was some")
    func summarizesCompression() {
        var snapshot = Self.snapshot
        snapshot.compressionRatio = 4.06
        #expect(
            StatisticsText.summary(snapshot, end: "").description.contains("bytes      1.3 MB, compressed 4.1 to 1\n")
        )
    }

    @Test("Nothing counted is said too")
    func summarizesNothing() {
        let text = StatisticsText.summary(TailStatistics.Snapshot(), end: "failed").description
        #expect(text.contains("events     0, shown 0, 0.0/s\ntypes      none\nbytes      0 B\n"))
        #expect(text.contains("latency    not measured"))
    }

    @Test(
        "Decimals are rounded and padded",
        arguments: [
            (0.0, 1, "0.0"), (1.05, 1, "1.1"), (0.004, 2, "0.00"), (2.5, 0, "3"), (-0.25, 1, "-0.3"),
            (12.000_001, 6, "12.000001"),
            (.infinity, 1, "?"), (.nan, 1, "?"),
        ]
    )
    func rounds(value: Double, digits: Int, expected: String) {
        #expect(StatisticsText.decimal(value, digits) == expected)
    }

    @Test("Each event is counted once, broken ones also as such")
    func counts() {
        let statistics = TailStatistics()
        let decoder = WorkspaceEventDecoder()
        for frame in [#"{"type":"pong"}"#, #"{"type":"new"}"#, #"{"type":"git_commit"}"#, "{"] {
            statistics.count(decoder.decode(Array(frame.utf8)), isShown: frame.count < 16)
        }
        let snapshot = statistics.snapshot
        #expect((snapshot.events, snapshot.shown, snapshot.unknown, snapshot.malformed) == (4, 3, 1, 2))
        #expect(snapshot.byType == [.pong: 1, .gitCommit: 1])
    }
}

import Testing

@testable import wsstream

@Suite("The line of a measurement")
struct BenchResultTests {
    @Test("It has exactly the promised members")
    func hasMembers() {
        #expect(
            Self.result(BenchTally(messages: 3, bytes: 300)).json
                == #"{"msgs":3,"bytes":300,"wall_s":1.500000,"user_s":0.250000,"sys_s":0.000001,"maxrss_kb":4096}"#
        )
    }

    @Test("echo adds its quantiles, and broken frames are told")
    func addsMembers() {
        var latencies = LatencyHistogram()
        for time in [100_000, 200_000, 300_000] as [UInt64] { latencies.record(nanoseconds: time) }
        let line = Self.result(BenchTally(messages: 3, bytes: 300, malformed: 2, latencies: latencies)).json
        #expect(line.hasSuffix(#","maxrss_kb":4096,"p50_us":200.19,"p99_us":300.03,"malformed":2}"#), "\(line)")
    }

    private static func result(_ tally: BenchTally) -> BenchResult {
        BenchResult(
            tally: tally,
            wallSeconds: 1.5,
            userSeconds: 0.25,
            systemSeconds: 0.000_001,
            maximumResidentKilobytes: 4096
        )
    }
}

import CommandIO
import Testing

@testable import wsstream

@Suite("Lines on standard error")
struct StandardErrorTests {
    @Test("No line contains a secret, in any spelling")
    func hides() {
        let errors = StandardError()
        errors.hide { $0.hide(token: "t0k/en+1") }
        #expect(errors.shown("a t0k/en+1 and t0k%2Fen%2B1") == "a <token> and <token>")
        let summary = StatisticsText.summary(TailStatistics.Snapshot(), end: "failed: \("no t0k/en+1\n")")
        #expect(errors.shown(summary).hasSuffix("ended      failed: no <token>\\n\n"))
        #expect(
            errors.shown(StatisticsText.line(TailStatistics.Snapshot()))
                == "0 events  0.0/s  0 B  bad 0  unknown 0  0.0 s"
        )
    }
}

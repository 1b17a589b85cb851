import TestSupport
import Testing

@testable import wsstream

@Suite("The histogram of round-trip times")
struct LatencyHistogramTests {
    @Test("Quantiles are never too low, and at most 0.4 % too high", arguments: [1, 7, 42] as [UInt64])
    func isPrecise(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var histogram = LatencyHistogram()
        var times = (0..<10_000).map { _ in
            UInt64.random(in: 0...(1 << UInt64.random(in: 0...40, using: &generator)), using: &generator)
        }
        for time in times { histogram.record(nanoseconds: time) }
        times.sort()
        for share in [0.001, 0.5, 0.9, 0.99, 1] {
            let exact = Double(times[Int((share * 10_000).rounded(.up)) - 1]) / 1000
            let found = try #require(histogram.quantile(share))
            #expect(found >= exact && found <= exact * 1.004 + 0.001, "seed \(seed), \(share): \(found) for \(exact)")
        }
    }

    @Test("Every width of number has its bucket", arguments: 0..<64)
    func takesAnyTime(bit: UInt64) throws {
        var histogram = LatencyHistogram()
        let time = UInt64.max >> (63 - bit)
        histogram.record(nanoseconds: time)
        #expect(histogram.count == 1)
        #expect(try #require(histogram.quantile(0.5)) == Double(time) / 1000)
    }

    @Test("Nothing recorded is no quantile")
    func isEmpty() { #expect(LatencyHistogram().quantile(0.5) == nil) }
}

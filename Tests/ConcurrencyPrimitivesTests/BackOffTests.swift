import ConcurrencyPrimitives
import Testing

@Suite("Pauses between attempts")
struct BackOffTests {
    private static let backOff = BackOff(initial: .seconds(1), maximum: .seconds(60), jitter: 0.25)

    @Test(
        "Each pause is twice the one before, up to the longest, however many there were",
        arguments: [(-1, 1), (0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (31, 60), (64, 60), (Int.max, 60)]
    )
    func doubles(failures: Int, seconds: Int) {
        #expect(Self.backOff.pause(after: failures, random: 0) == .seconds(seconds))
    }

    @Test(
        "A pause is varied by its share to both sides, and never by more",
        arguments: [(-1.0, 3.0), (0.5, 4.5), (1, 5), (7, 5), (-7, 3)]
    )
    func varies(random: Double, seconds: Double) {
        #expect(Self.backOff.pause(after: 2, random: random) == .seconds(seconds))
    }

    @Test("No pause is longer than the longest")
    func longest() {
        for failures in 0..<40 { #expect(Self.backOff.pause(after: failures, random: 1) <= Self.backOff.longest) }
        #expect(Self.backOff.longest < .seconds(76))
    }
}

import Testing
import WebSocketProtocol

@Suite("Masking key pool")
struct MaskingKeyPoolTests {
    private static func keys(_ count: Int) -> [UInt32] {
        var pool = MaskingKeyPool()
        return (0..<count).map { _ in pool.next().rawValue }
    }

    @Test("10,000 keys over many refills repeat no more than chance allows")
    func keysAreDistinct() {
        // Expected among 10,000 of 2^32: 10^8 / 2^33 = 0.012 pairs; four or more have a probability below 10^-9.
        let keys = Self.keys(10_000)
        #expect(keys.count - Set(keys).count <= 3)
    }

    @Test("Each of the four bytes takes all values equally often")
    func bytesAreUniform() {
        let keys = Self.keys(10_000)
        for shift in [0, 8, 16, 24] as [UInt32] {
            var counts = [Double](repeating: 0, count: 256)
            for key in keys { counts[Int(key >> shift & 0xFF)] += 1 }
            let expected = 10_000.0 / 256
            let chiSquare = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
            // 255 degrees of freedom: mean 255, deviation 22.6. A value more than seven deviations away is chance once
            // in 10^10 runs. A spread that is too even is as suspicious as one that is too uneven.
            #expect((255 - 7 * 22.6...255 + 7 * 22.6).contains(chiSquare))
        }
    }

    @Test("Two pools, and two copies of one that is empty, give different keys")
    func poolsAreIndependent() {
        #expect(Set(Self.keys(100)).isDisjoint(with: Self.keys(100)))
        let empty = MaskingKeyPool()
        var (first, second) = (empty, empty)
        #expect((0..<4).map { _ in first.next() } != (0..<4).map { _ in second.next() })
    }
}

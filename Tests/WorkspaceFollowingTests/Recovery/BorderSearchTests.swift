import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("Where a text ends in another one")
struct BorderSearchTests {
    /// All ends, tried one by one.
    private static func ends(_ tail: [UInt8], _ ring: [UInt8], minimum: Int, isWhole: Bool) -> [Int] {
        (0...ring.count).filter { end in
            let count = min(end, tail.count)
            guard count > 0, count >= minimum, !isWhole || count == tail.count else { return false }
            return ring[(end - count)..<end].elementsEqual(tail.suffix(count))
        }
    }

    private static func text(upTo count: Int, letters: UInt8, _ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in .random(in: 0x61..<0x61 + letters, using: &random) }
    }

    @Test("The linear search finds what trying every end finds")
    func likeTryingAll() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            let letters = UInt8.random(in: 1...3, using: &random)
            let tail = Self.text(upTo: 12, letters: letters, &random)
            let ring = Self.text(upTo: 16, letters: letters, &random)
            let minimum = Int.random(in: 1...4, using: &random)
            let isWhole = Bool.random(using: &random)
            let all = Self.ends(tail, ring, minimum: minimum, isWhole: isWhole)
            let found = BorderSearch.ends(of: tail, in: ring, minimum: minimum, isWhole: isWhole)
            #expect(found?.smallest == all.first, "\(tail) \(ring) \(minimum) \(isWhole)")
            #expect(found?.isOnly == (all.isEmpty ? nil : all.count == 1), "\(tail) \(ring) \(minimum) \(isWhole)")
            #expect(found?.equalBytes == all.first.map { min($0, tail.count) })
        }
    }

    @Test("The search for an overlap finds the same, with and without its quick way")
    func overlapLikeTryingAll() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<1_000 {
            let letters = UInt8.random(in: 1...4, using: &random)
            let tail = Self.text(upTo: 60, letters: letters, &random)
            let ring = Self.text(upTo: 60, letters: letters, &random)
            let rules = ShellRingRules(ringBytes: 30, evidenceBytes: 6)
            guard !tail.isEmpty else { continue }
            let mayBeFull = ring.count >= 30
            let all = Self.ends(tail, ring, minimum: mayBeFull ? 6 : 1, isWhole: !mayBeFull)
            let overlap = ShellOverlap.find(
                tail: String(decoding: tail, as: UTF8.self),
                tailBeginsHistory: false,
                ring: String(decoding: ring, as: UTF8.self),
                rules: rules
            )
            #expect(overlap.deliveredBytes == all.first ?? 0, "\(tail) \(ring)")
            if all.isEmpty { #expect(overlap.certainty == .unknown) }
            if all.count > 1 { #expect(overlap.certainty == .ambiguous) }
            if all.count == 1, !mayBeFull { #expect(overlap.certainty == .exact) }
        }
    }

    @Test("Texts on which the quick search gives up are decided by the linear one")
    func quickSearchGivesUp() {
        let letters = String(repeating: "a", count: 16_384)
        // Nearly equal everywhere, and equal nowhere.
        let none = ShellOverlap.find(tail: letters, tailBeginsHistory: false, ring: "y" + letters.dropLast())
        #expect(none == ShellOverlap.find(tail: "x", tailBeginsHistory: false, ring: letters))
        #expect(none.certainty == .unknown)
        // A spinner of 8,000 bytes at the end of both, and one place only, because of the lines before it.
        let lines = (0..<700).map { "line \($0) of the log\r\n" }.joined()
        let spinner = String(repeating: "\r|\r/\r-\r\\", count: 1_000)
        let tail = String((lines + spinner).suffix(16_384))
        let ring = String((lines + spinner + spinner.prefix(4_000)).utf8.suffix(16_384))
        let one = ShellOverlap.find(tail: tail, tailBeginsHistory: false, ring: ring ?? "")
        #expect(one.deliveredBytes == 12_384)
        #expect(one.certainty == .exact)
    }
}

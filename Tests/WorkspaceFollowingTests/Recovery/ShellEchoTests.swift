import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("Which live frames of a shell its ring contains")
struct ShellEchoTests {
    private static let abc = "The quick brown fox jumps over the lazy dog; 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"
    private static let more = "Sphinx of black quartz, judge my vow, and pack my box with five dozen liquor jugs.\r\n"
    private static let last = "How vexingly quick daft zebras jump when the five boxing wizards are near them.\r\n"
    private static let ring = Self.abc + Self.more + Self.last

    private static func settled(_ dropped: Int, isAmbiguous: Bool = false) -> ShellEcho.Settlement {
        ShellEcho.Settlement(dropped: dropped, isAmbiguous: isAmbiguous)
    }

    private static let new = ShellEcho.Verdict.deliver(isAmbiguous: false)

    @Test("The frames that the ring ends with are dropped, and those after them are new")
    func ringEndsWithFrames() {
        for count in 0...2 {
            var echo = ShellEcho(ring: Self.ring)
            let frames = [Self.more, Self.last].suffix(count) + ["new", "newer"]
            #expect(echo.settle(held: Array(frames)) == Self.settled(count))
            #expect(!echo.isExpecting || count == 0)
            #expect(echo.take("later") == Self.new)
        }
    }

    @Test("Frames inside of the ring are dropped, and so are those that go on to its end")
    func framesInside() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: [Self.more]) == Self.settled(1))
        #expect(echo.isExpecting)
        #expect(echo.take(String(Self.last.prefix(10))) == .drop)
        #expect(echo.take(String(Self.last.dropFirst(10))) == .drop)
        #expect(!echo.isExpecting)
        #expect(echo.expire().isEmpty)
        #expect(echo.take(Self.last) == Self.new)
    }

    @Test("Frames can come one by one after the ring")
    func oneByOne() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: []) == Self.settled(0))
        #expect(echo.isExpecting)
        #expect(echo.take(Self.more) == .drop)
        #expect(echo.take(Self.last) == .drop)
        #expect(echo.take("new") == Self.new)
    }

    @Test("A frame that doesn't go on as the ring does brings back what was dropped")
    func brokenExpectation() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: [Self.abc]) == Self.settled(1))
        #expect(echo.take(String(Self.more.prefix(40))) == .drop)
        #expect(echo.take("something else") == .deliverAfter([Self.abc, String(Self.more.prefix(40))]))
        #expect(!echo.isExpecting)
        #expect(echo.take(Self.last) == Self.new)
    }

    @Test("A frame that goes on beyond the ring was in no ring")
    func frameBeyondRing() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: [Self.more]) == Self.settled(1))
        #expect(echo.take(Self.last + "x") == .deliverAfter([Self.more]))
    }

    @Test("When the time is up, all is new, and what was never confirmed is delivered")
    func expire() {
        var idle = ShellEcho(ring: Self.ring)
        #expect(idle.settle(held: []) == Self.settled(0))
        #expect(idle.expire().isEmpty)
        #expect(idle.take(Self.more) == Self.new)
        var waiting = ShellEcho(ring: Self.ring)
        #expect(waiting.settle(held: [Self.more]) == Self.settled(1))
        #expect(waiting.expire() == [Self.more])
        #expect(!waiting.isExpecting)
    }

    @Test("After an exact overlap that reaches the end of the ring, all frames are new")
    func nothingMissed() {
        let overlap = ShellOverlap.find(tail: Self.ring, tailBeginsHistory: true, ring: Self.ring)
        var echo = ShellEcho(ring: Self.ring, overlap: overlap)
        #expect(!echo.isExpecting)
        #expect(echo.settle(held: [Self.last]) == Self.settled(0))
        #expect(echo.take(Self.last) == Self.new)
    }

    @Test("What was delivered before the attach is no echo")
    func beforeOverlap() {
        let overlap = ShellOverlap.find(tail: Self.abc, tailBeginsHistory: true, ring: Self.ring)
        var echo = ShellEcho(ring: Self.ring, overlap: overlap)
        #expect(echo.settle(held: [Self.abc]) == Self.settled(0))
        var other = ShellEcho(ring: Self.ring, overlap: overlap)
        #expect(other.settle(held: [Self.more]) == Self.settled(1))
    }

    @Test("A short frame is no evidence: it is delivered, and ambiguous")
    func shortFrame() {
        var echo = ShellEcho(ring: Self.ring + "$ ")
        #expect(echo.settle(held: ["$ "]) == Self.settled(0, isAmbiguous: true))
        var none = ShellEcho(ring: Self.ring)
        #expect(none.settle(held: ["$ "]) == Self.settled(0))
    }

    @Test("Frames that were there before the request are in the ring for certain")
    func receivedBeforeRequest() {
        let overlap = ShellOverlap.find(tail: Self.ring, tailBeginsHistory: true, ring: Self.ring + "$ l")
        var echo = ShellEcho(ring: Self.ring + "$ l", overlap: overlap)
        #expect(echo.settle(held: ["$ ", "l", "s"], receivedBeforeRequest: 1) == Self.settled(2))
        // One letter can be the last one or the one before it: both of the frames or one.
        var letters = ShellEcho(ring: Self.ring + "ll")
        #expect(letters.settle(held: ["l", "l"], receivedBeforeRequest: 1) == Self.settled(1, isAmbiguous: true))
        var lost = ShellEcho(ring: Self.ring)
        #expect(lost.settle(held: ["no such text"], receivedBeforeRequest: 1) == Self.settled(1, isAmbiguous: true))
    }

    @Test("Text that repeats is ambiguous, and nothing is dropped")
    func repeats() {
        let line = "the same line again and again, with 40 bytes\r\n"
        var echo = ShellEcho(ring: Self.abc + line + line + line)
        #expect(echo.settle(held: [line]) == Self.settled(0, isAmbiguous: true))
        var two = ShellEcho(ring: Self.abc + line + line + line)
        #expect(two.settle(held: [line, line]) == Self.settled(0, isAmbiguous: true))
        #expect(!two.isExpecting)
    }

    @Test("A line that the ring has before too may be new")
    func seenBefore() {
        var echo = ShellEcho(ring: Self.more + Self.abc + Self.more)
        #expect(echo.settle(held: [Self.more]) == Self.settled(0, isAmbiguous: true))
    }

    @Test("A server that lost one of the held frames is noticed")
    func lostFrame() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: [Self.abc, Self.last, "new"]) == Self.settled(0, isAmbiguous: true))
    }

    @Test("A character that two frames share is whole in the ring", arguments: 1...3)
    func sharedCharacter(cut: Int) {
        let head = String(repeating: "\u{FFFD}", count: cut)
        let rest = String(repeating: "\u{FFFD}", count: 4 - cut)
        let ring = Self.abc + Self.more + "😀" + Self.last
        for first in [Self.more, "xyz"] {
            var echo = ShellEcho(ring: first == "xyz" ? Self.abc + "xyz😀" + Self.last : ring)
            #expect(echo.settle(held: [first + head, rest + Self.last, "new"]) == Self.settled(2))
        }
        // The first of them was sent before the attach.
        var later = ShellEcho(ring: ring)
        #expect(later.settle(held: [rest + Self.last, "new"]) == Self.settled(1))
        // The rest comes later.
        var early = ShellEcho(ring: ring)
        #expect(early.settle(held: [Self.more + head]) == Self.settled(1))
        #expect(early.take(rest + Self.last) == .drop)
        #expect(!early.isExpecting)
        // The ring ends inside of the character.
        var inside = ShellEcho(ring: Self.abc + Self.more + head)
        #expect(inside.settle(held: [Self.more + head, rest + "new"]) == Self.settled(1))
        #expect(!inside.isExpecting)
    }

    @Test("A ring that begins inside of the held frames is of no use")
    func flood() {
        let rules = ShellRingRules(ringBytes: 100, evidenceBytes: 32)
        let ring = String((Self.abc + Self.more + Self.last).suffix(120))
        for held in [
            [Self.abc, Self.more, Self.last], [Self.abc, Self.more], [Self.abc, Self.more, Self.last, "new"],
        ] {
            var echo = ShellEcho(ring: ring, rules: rules)
            let settlement = echo.settle(held: held, receivedBeforeRequest: 1)
            #expect(settlement.holdRing, "\(held.count)")
            #expect(settlement.dropped == 0)
            #expect(!settlement.isAmbiguous)
            #expect(!echo.isExpecting)
        }
    }

    @Test("Empty frames change nothing")
    func emptyFrames() {
        var echo = ShellEcho(ring: Self.ring)
        #expect(echo.settle(held: ["", Self.more, ""]) == Self.settled(3))
        #expect(echo.take("") == .drop)
        #expect(echo.take(Self.last) == .drop)
        var empty = ShellEcho(ring: "")
        #expect(empty.settle(held: ["a"]) == Self.settled(0))
    }

    @Test("16,384 frames of one byte are followed in a moment")
    func manyFrames() {
        var random = SplitMix64(seed: 5)
        let letters = (0..<16_384).map { _ in String(UnicodeScalar(UInt8.random(in: 0x20...0x7E, using: &random))) }
        var echo = ShellEcho(ring: letters.joined())
        #expect(echo.settle(held: Array(letters[..<1_000])) == Self.settled(1_000))
        for letter in letters[1_000...] where echo.take(letter) != .drop { Issue.record("delivered") }
        #expect(!echo.isExpecting)
    }
}

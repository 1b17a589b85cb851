import Testing
import WorkspaceFollowing

@Suite("How much of a shell's ring was delivered")
struct ShellOverlapTests {
    /// Rings of 100 bytes.
    private static let rules = ShellRingRules(ringBytes: 100, evidenceBytes: 32)
    private static let abc = "The quick brown fox jumps over the lazy dog; 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let more = "Sphinx of black quartz, judge my vow, and pack my box with five dozen liquor jugs."

    private static func find(_ tail: String, _ ring: String, beginsHistory: Bool = false) -> ShellOverlap {
        ShellOverlap.find(tail: tail, tailBeginsHistory: beginsHistory, ring: ring, rules: Self.rules)
    }

    private static func isGap(_ overlap: ShellOverlap) -> Bool {
        overlap.deliveredBytes == 0 && overlap.certainty == .unknown && overlap.mayHaveGap
    }

    @Test("Nothing was delivered: all of a ring that isn't full was missed, and before a full one there is a gap")
    func emptyTail() {
        let missed = Self.find("", "abc")
        #expect(missed.deliveredBytes == 0)
        #expect(missed.certainty == .exact)
        #expect(!missed.mayHaveGap)
        #expect(Self.find("", "").certainty == .exact)
        #expect(Self.isGap(Self.find("", Self.abc + Self.more)))
    }

    @Test("A ring that isn't full has the whole tail at its beginning, or where the follower came to the shell")
    func wholeHistory() {
        for tail in ["a", "$ ", Self.abc] {
            let fromStart = Self.find(tail, tail + "new", beginsHistory: true)
            #expect(fromStart.deliveredBytes == tail.utf8.count)
            #expect(fromStart.certainty == .exact)
            #expect(!fromStart.mayHaveGap)
            #expect(fromStart.missed(in: tail + "new") == "new")
        }
        let later = Self.find("make\r\n", "$ ls\r\n$ make\r\nnew")
        #expect(later.missed(in: "$ ls\r\n$ make\r\nnew") == "new")
        #expect(later.certainty == .exact)
    }

    @Test("A whole tail that begins the history is exact also in text that repeats")
    func wholeHistoryThatRepeats() {
        let line = String(repeating: "ok\r\n", count: 10)
        let overlap = Self.find(line, line + line, beginsHistory: true)
        #expect(overlap.deliveredBytes == 40)
        #expect(overlap.certainty == .exact)
        let unknown = Self.find("ok\r\n", "ok\r\nok\r\n")
        #expect(unknown.deliveredBytes == 4)
        #expect(unknown.certainty == .ambiguous)
        #expect(!unknown.mayHaveGap)
    }

    @Test(
        "What a whole history contradicts is a gap, and all of it is delivered",
        arguments: [
            (Self.abc, String(Self.abc.dropFirst(20)), false), (Self.abc, "x" + Self.abc, true),
            (Self.abc, String(Self.abc.dropLast()), true), (Self.abc, "", false), ("x", "abc", false),
            (Self.abc, Self.more, false), ("\u{FFFD}", "abc", true),
        ]
    )
    func contradiction(tail: String, ring: String, beginsHistory: Bool) {
        #expect(Self.isGap(Self.find(tail, ring, beginsHistory: beginsHistory)))
    }

    @Test("A tail that was trimmed can be in a ring that isn't full, because U+FFFD is longer than what it stands for")
    func trimmedTailInWholeHistory() {
        let text = String(repeating: "中", count: 30)
        let frames = String(repeating: "\u{FFFD}\u{FFFD}\u{FFFD}", count: 15)
        let tail = Self.abc + "\u{FFFD}\u{FFFD}\u{FFFD}"
        let overlap = Self.find(tail, "ab" + Self.abc + "中new")
        #expect(overlap.missed(in: "ab" + Self.abc + "中new") == "new")
        #expect(overlap.certainty == .exact)
        #expect(Self.isGap(Self.find(frames, text)))
    }

    @Test("A full ring begins inside of the tail, or has all of it")
    func fullRing() {
        let ring = Self.abc + Self.more
        for tail in [Self.more + Self.abc, Self.abc, "\(Self.abc)\(Self.more.prefix(20))", ring] {
            let overlap = Self.find(tail, ring)
            #expect(overlap.certainty == .exact, "\(tail)")
            #expect(!overlap.mayHaveGap)
            #expect(tail.hasSuffix(ring.prefix(overlap.deliveredBytes).suffix(tail.count)))
        }
        let inside = Self.find(String(Self.abc.dropFirst(30)), ring)
        #expect(inside.deliveredBytes == Self.abc.utf8.count)
        #expect(inside.certainty == .exact)
    }

    @Test("31 equal bytes are no evidence for a full ring, and 32 are")
    func evidence() {
        let ring = Self.abc + Self.more
        #expect(Self.isGap(Self.find(Self.more + Self.abc.prefix(31), ring)))
        #expect(Self.isGap(Self.find(String(Self.abc.prefix(31)), ring)))
        #expect(Self.find(Self.more + Self.abc.prefix(32), ring).deliveredBytes == 32)
        #expect(Self.find(Self.more + Self.abc.prefix(32), ring).certainty == .exact)
    }

    @Test("A second border of 32 bytes makes it ambiguous, and the shorter one counts; one of 31 bytes doesn't")
    func borderRule() {
        let block = String(Self.more.prefix(32))
        let twice = block + "--------------------" + block
        let overlap = Self.find(Self.abc + twice, twice + Self.abc)
        #expect(overlap.deliveredBytes == 32)
        #expect(overlap.certainty == .ambiguous)
        #expect(overlap.mayHaveGap)
        let short = block.dropLast()
        let once = short + "12345678901234567890" + short
        #expect(Self.find(Self.abc + once, once + Self.abc).deliveredBytes == 82)
    }

    @Test("If nothing was missed, nothing is delivered; text that repeats is ambiguous also then")
    func equalTexts() {
        let text = Self.abc + Self.more
        #expect(Self.find(text, text).missed(in: text).isEmpty)
        #expect(Self.find(text, text).certainty == .exact)
        let spinner = String(repeating: "\r|\r/\r-\r\\", count: 20)
        #expect(Self.find(spinner, spinner).certainty == .ambiguous)
        #expect(Self.find(spinner, spinner).deliveredBytes == 32)
    }

    @Test("A loop that runs on over a gap is no overlap for certain")
    func loopOverGap() {
        // The loop is 64 bytes long, so tail and ring often have only one border of 32 bytes or more.
        let loop = Array(String(repeating: String(Self.abc.prefix(64)), count: 20).utf8)
        for missed in 300..<380 {
            let tail = String(decoding: loop[0..<100], as: UTF8.self)
            let ring = String(decoding: loop[100 + missed - 100..<100 + missed], as: UTF8.self)
            let overlap = Self.find(tail, ring)
            #expect(overlap.certainty != .exact, "\(missed)")
            #expect(overlap.mayHaveGap)
        }
    }

    @Test("A prompt that is in the tail and in the ring more than once is no evidence alone")
    func promptsOverGap() {
        let prompt = "\u{1B}[32muser@host\u{1B}[0m:~/src/project$ "
        let tail = prompt + "ls\r\na b c d e\r\n" + prompt + "make\r\nall done\r\n" + prompt
        let ring = prompt.dropFirst() + "cat notes\r\nnothing here at all\r\n" + prompt + "pwd\r\n/home/user\r\n"
        let overlap = Self.find(tail, String(ring))
        #expect(overlap.certainty == .ambiguous)
        #expect(overlap.mayHaveGap)
    }

    @Test("A character that a frame has cut is whole in the ring", arguments: [1, 2, 3])
    func cutCharacter(cut: Int) {
        let cuts = String(repeating: "\u{FFFD}", count: 4)
        let tail = Self.more + Self.abc + cuts + "and then on"
        let ring = Self.abc + "😀and then on\r\n" + Self.more
        #expect(Self.find(tail, ring).missed(in: ring) == "\r\n" + Self.more)
        #expect(Self.find(tail, ring).certainty == .exact)
        // The tail ends inside of the character: it is missed as a whole.
        let part = Self.more + Self.abc + String(repeating: "\u{FFFD}", count: cut)
        #expect(Self.find(part, ring).missed(in: ring) == "😀and then on\r\n" + Self.more)
        // The ring begins inside of it.
        let rest = String(repeating: "\u{FFFD}", count: cut) + Self.abc + Self.more
        #expect(Self.find("😀" + Self.abc, rest).missed(in: rest) == Self.more)
        #expect(Self.find("😀" + Self.abc, rest).certainty == .exact)
    }

    @Test("Bytes that are no text are equal in both, and are not delivered twice")
    func invalidBytes() {
        let ring = Self.abc + "\u{FFFD}\u{FFFD}" + Self.more + "\u{FFFD}"
        let overlap = Self.find("xyz" + ring, ring)
        #expect(overlap.missed(in: ring).isEmpty)
        #expect(overlap.certainty == .exact)
    }

    @Test("U+FFFD is no evidence")
    func holesAreNoEvidence() {
        let holes = String(repeating: "\u{FFFD}", count: 200)
        #expect(Self.isGap(Self.find(holes, holes)))
        #expect(Self.isGap(Self.find(holes + "short", "short" + holes)))
    }

    @Test("Text with very many U+FFFD that repeats ends in a gap, not in a long search")
    func boundedWork() {
        let text = String(repeating: "\u{FFFD}a", count: 8_192)
        let overlap = ShellOverlap.find(tail: text, tailBeginsHistory: false, ring: "y" + text)
        #expect(overlap.certainty != .exact)
    }

    @Test("The text that was missed is taken from any ring without a trap")
    func missedOfAnotherRing() {
        let overlap = Self.find(Self.abc, Self.abc + "new", beginsHistory: true)
        #expect(overlap.missed(in: "abc").isEmpty)
        #expect(overlap.missed(in: String(repeating: "😀", count: 40)).count <= 40)
    }
}

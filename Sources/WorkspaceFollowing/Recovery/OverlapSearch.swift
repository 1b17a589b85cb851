/// The search for the place where a tail ends in a ring, see ``ShellOverlap``.
struct OverlapSearch {
    /// Where the tail ends.
    struct Place {
        /// How many bytes of UTF-8 of the ring were delivered.
        let deliveredBytes: Int

        /// Whether it is the only place for certain.
        let isSure: Bool
    }

    let tail: CutText
    let ring: CutText

    /// Whether the ring may have lost its beginning.
    let mayBeFull: Bool

    /// Whether the tail begins with the first output of the shell.
    let tailBeginsHistory: Bool

    /// How many equal bytes are evidence.
    let evidence: Int

    /// Whether the tail is where the ring begins, and nowhere else.
    private var isPrefix: Bool { self.tailBeginsHistory && !self.mayBeFull }

    /// The place that delivers most; `nil` if there is none.
    func find() -> Place? {
        self.tail.holes == 0 && self.ring.holes == 0 ? self.findEqual() : self.findWithHoles()
    }

    /// The place if no text has U+FFFD.
    private func findEqual() -> Place? {
        if self.isPrefix {
            guard self.ring.bytes.starts(with: self.tail.bytes) else { return nil }
            return Place(deliveredBytes: self.tail.bytes.count, isSure: true)
        }
        let ends = BorderSearch.ends(
            of: self.tail.bytes,
            in: self.ring.bytes,
            minimum: self.mayBeFull ? self.evidence : 1,
            isWhole: !self.mayBeFull
        )
        guard let ends else { return nil }
        let inTail = self.tail.bytes.count - ends.equalBytes..<self.tail.bytes.count
        let inRing = ends.smallest - ends.equalBytes..<ends.smallest
        return Place(
            deliveredBytes: ends.smallest,
            isSure: ends.isOnly && !self.mayBeChance(inTail: inTail, inRing: inRing)
        )
    }

    /// The place if a text has U+FFFD. Both are read backwards, from the place where the tail ends.
    private func findWithHoles() -> Place? {
        let trailing = self.tail.trailingHoles
        let first = Array(self.tail.bytes.dropLast(trailing).reversed())
        let second = Array(self.ring.bytes.reversed())
        let ringCount = second.count
        guard !first.isEmpty else {
            // Nothing but U+FFFD: no evidence, except where the shell began.
            return self.isPrefix ? self.place(behind: trailing, from: 0, isSure: true) : nil
        }
        var aligner = TextAligner(
            first: first,
            second: second,
            work: TextAligner.work(for: first.count, second.count)
        )
        let found = aligner.alignments(
            startingIn: 0..<ringCount,
            anchorBytes: aligner.leadingBytes(atMost: self.evidence),
            mayEnd: { inTail, inRing in
                if self.isPrefix { return inTail == first.count && inRing == ringCount }
                return self.mayBeFull || inTail == first.count
            },
            accepts: { alignment in
                self.canEnd(at: ringCount - alignment.start, trailingHoles: trailing)
                    && (!self.mayBeFull || alignment.equalBytes >= self.evidence)
            }
        )
        guard let alignment = found.first else { return nil }
        let end = ringCount - alignment.start
        let isOnly = found.count == 1 && !aligner.isExhausted
        let inTail = first.count - alignment.firstEnd..<first.count
        let isSure = isOnly && !self.mayBeChance(inTail: inTail, inRing: ringCount - alignment.secondEnd..<end)
        return self.place(behind: trailing, from: end, isSure: isSure)
    }

    /// Whether the equal piece repeats, so that it may be another output than the one that was delivered. That can't be
    /// if the ring is the whole history.
    private func mayBeChance(inTail: Range<Int>, inRing: Range<Int>) -> Bool {
        self.mayBeFull
            && (Repetition.isSeen(of: inRing, in: self.ring.bytes, evidence: self.evidence)
                || Repetition.isSeen(of: inTail, in: self.tailWithoutTrailingHoles, evidence: self.evidence))
    }

    private var tailWithoutTrailingHoles: [UInt8] { Array(self.tail.bytes.dropLast(self.tail.trailingHoles)) }

    /// Whether the ring goes on at an index with what holes at the end of the tail can stand for.
    private func canEnd(at index: Int, trailingHoles: Int) -> Bool {
        trailingHoles == 0 || index < self.ring.bytes.count && self.ring.bytes[index] >= 0x80
    }

    /// The place behind the holes that the tail ends with.
    ///
    /// A hole stands for one byte at least. So holes cover a character if there are as many of them as it has bytes.
    /// If there are fewer, the tail ends inside of the character, and it is missed as a whole.
    private func place(behind trailingHoles: Int, from index: Int, isSure: Bool) -> Place {
        let bytes = self.ring.bytes
        var index = index
        var left = trailingHoles
        while left > 0, index < bytes.count, bytes[index] >= 0x80 {
            let length = bytes[index] == CutText.hole ? 1 : Self.length(ofCharacterWith: bytes[index])
            if length > left { break }
            index += length
            left -= length
        }
        return Place(deliveredBytes: self.ring.utf8Offset(of: index), isSure: isSure)
    }

    /// The number of bytes of a character in UTF-8, by its first byte.
    private static func length(ofCharacterWith lead: UInt8) -> Int { lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2 }
}

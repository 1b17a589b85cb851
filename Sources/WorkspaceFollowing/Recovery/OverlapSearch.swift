#if RED_CONTROLS
internal import RedControls
#endif

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

    /// Where the tail without the holes at its end ends in the ring.
    private struct End {
        /// The index in the ring.
        let index: Int

        /// How many bytes at the end of the tail are equal, or are the same with holes.
        let tailBytes: Int

        /// The same piece in the ring.
        let inRing: Range<Int>

        /// Whether the tail can't end anywhere else.
        let isOnly: Bool

        /// Whether the texts repeat so much that the quick search gave up.
        var isPeriodic = false
    }

    /// The place that delivers most; `nil` if there is none.
    func find() -> Place? {
        if self.isPrefix, self.tail.holes == 0 {
            guard self.ring.bytes.starts(with: self.tail.bytes) else { return nil }
            return Place(deliveredBytes: self.ring.utf8Offset(of: self.tail.bytes.count), isSure: true)
        }
        let trailing = self.tail.trailingHoles
        if trailing == self.tail.bytes.count {
            // Nothing but U+FFFD: no evidence, except where the shell began.
            guard self.isPrefix, self.canEnd(at: 0, trailingHoles: trailing) else { return nil }
            return self.place(behind: trailing, from: 0, isSure: true)
        }
        let tail = Array(self.tail.bytes.dropLast(trailing)).backwards
        guard let end = self.end(ofReversed: tail, trailingHoles: trailing) else { return nil }
        #if RED_CONTROLS
        if RedControl.isActive(.borderRuleOff) { return self.place(behind: trailing, from: end.index, isSure: true) }
        #endif
        let isSure = end.isOnly && !self.mayBeChance(end, reversedTail: tail)
        return self.place(behind: trailing, from: end.index, isSure: isSure)
    }

    /// Where the tail ends; both texts are read backwards from there.
    private func end(ofReversed first: [UInt8], trailingHoles: Int) -> End? {
        let second = self.ring.bytes.backwards
        let ringCount = second.count
        // If all of the tail must be in the ring, it doesn't begin nearer to the end than the tail is long.
        let shortest = self.mayBeFull ? 1 : Self.shortestLength(of: first)
        guard shortest <= ringCount else { return nil }
        var aligner = TextAligner(
            first: first,
            second: second,
            work: TextAligner.work(forBytes: first.count + ringCount, holes: self.tail.holes + self.ring.holes)
        )
        let found = aligner.alignments(
            startingIn: 0..<ringCount - shortest + 1,
            anchorBytes: aligner.leadingBytes(atMost: self.evidence),
            mayEnd: { inTail, inRing in
                if self.isPrefix { return inTail == first.count && inRing == ringCount }
                return self.mayBeFull || inTail == first.count
            },
            accepts: { alignment in
                self.canEnd(at: ringCount - alignment.start, trailingHoles: trailingHoles)
                    && (!self.mayBeFull || alignment.equalBytes >= self.evidence)
            }
        )
        if found.count < 2, aligner.isExhausted, self.tail.holes + self.ring.holes == 0 { return self.endByBorders() }
        return found.first.map { alignment in
            End(
                index: ringCount - alignment.start,
                tailBytes: alignment.firstEnd,
                inRing: ringCount - alignment.secondEnd..<ringCount - alignment.start,
                isOnly: found.count == 1 && !aligner.isExhausted
            )
        }
    }

    /// The same for texts without holes that repeat so much that the quick search gave up.
    private func endByBorders() -> End? {
        let ends = BorderSearch.ends(
            of: self.tail.bytes,
            in: self.ring.bytes,
            minimum: self.mayBeFull ? self.evidence : 1,
            isWhole: !self.mayBeFull
        )
        return ends.map { ends in
            End(
                index: ends.smallest,
                tailBytes: ends.equalBytes,
                inRing: ends.smallest - ends.equalBytes..<ends.smallest,
                isOnly: ends.isOnly,
                isPeriodic: true
            )
        }
    }

    /// The least that a text with holes can be long in another one.
    private static func shortestLength(of text: [UInt8]) -> Int {
        let holes = text.count(where: { $0 == CutText.hole })
        return text.count - holes + (holes + 2) / 3
    }

    /// Whether the equal piece repeats, so that it may be another output than the one that was delivered.
    ///
    /// That can't be if the ring is the whole history.
    private func mayBeChance(_ end: End, reversedTail tail: [UInt8]) -> Bool {
        guard self.mayBeFull else { return false }
        if end.tailBytes < tail.count,
            Repetition.recurs(end.tailBytes, in: tail, self.tail.holes, self.evidence, end.isPeriodic)
        {
            return true
        }
        return Repetition.isSeen(
            of: end.inRing,
            in: self.ring.bytes,
            holes: self.ring.holes,
            evidence: self.evidence,
            isPeriodic: end.isPeriodic
        )
    }

    /// Whether the ring goes on at an index with what holes at the end of the tail can stand for.
    private func canEnd(at index: Int, trailingHoles: Int) -> Bool {
        trailingHoles == 0 || index < self.ring.bytes.count && self.ring.bytes[index] >= 0x80
    }

    /// The place behind the holes that the tail ends with.
    ///
    /// A hole stands for one byte at least. So holes cover a character if there are as many of them as it has bytes.
    /// If there are fewer, the tail ends inside of the character, and it is missed as a whole. A hole in the ring is
    /// covered by 1 to 3 holes.
    private func place(behind trailingHoles: Int, from index: Int, isSure: Bool) -> Place {
        let bytes = self.ring.bytes
        var index = index
        var (most, least) = (trailingHoles, trailingHoles)
        while most > 0, index < bytes.count, bytes[index] >= 0x80 {
            let isHole = bytes[index] == CutText.hole
            let length = isHole ? 1 : Self.length(ofCharacterWith: bytes[index])
            if !isHole, length > least { break }
            index += length
            most -= length
            least -= isHole ? 3 : length
        }
        return Place(deliveredBytes: self.ring.utf8Offset(of: index), isSure: isSure)
    }

    /// The number of bytes of a character in UTF-8, by its first byte.
    private static func length(ofCharacterWith lead: UInt8) -> Int { lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2 }
}

/// Tells whether a piece of a text repeats in it.
///
/// Text that repeats, such as a loop that prints the same file, can be equal in two places although they are not the
/// same output. A piece counts as repeated if it is seen again, all of it but less than what is evidence. It counts too
/// if an end of the text has cut the second one, and there is evidence for it.
enum Repetition {
    /// Whether a piece of a text is seen in it a second time; `true` too if a text with U+FFFD takes too long.
    ///
    /// - Parameters:
    ///   - piece: The indices of the piece.
    ///   - text: The text.
    ///   - holes: How many holes the text has, or more.
    ///   - evidence: How many equal bytes are evidence.
    ///   - isPeriodic: Whether the text repeats so much that the quick search would give up; then it has no holes.
    /// - Returns: Whether it is seen again.
    static func isSeen(
        of piece: Range<Int>,
        in text: [UInt8],
        holes: Int,
        evidence: Int,
        isPeriodic: Bool = false
    ) -> Bool {
        if piece == text.indices { return Self.recurs(piece.count, in: text, holes, evidence, isPeriodic) }
        if piece.lowerBound > 0 {
            let before = Array(text[..<piece.upperBound]).backwards
            if Self.recurs(piece.count, in: before, holes, evidence, isPeriodic) { return true }
        }
        guard piece.upperBound < text.count else { return false }
        return Self.recurs(piece.count, in: Array(text[piece.lowerBound...]), holes, evidence, isPeriodic)
    }

    /// Whether the first bytes of a text come again later in it.
    static func recurs(_ count: Int, in text: [UInt8], _ holes: Int, _ evidence: Int, _ isPeriodic: Bool) -> Bool {
        let leadingHoles = text.prefix(while: { $0 == CutText.hole }).count
        let text = leadingHoles == 0 ? text : Array(text[leadingHoles...])
        let enough = max((evidence + 3) / 4, count - leadingHoles - evidence + 1)
        if isPeriodic { return Self.recursByBorders(enough, in: text, evidence) }
        let work = TextAligner.work(forBytes: 2 * text.count, holes: 2 * holes)
        var aligner = TextAligner(first: text, second: text, work: work)
        if aligner.recurs(enough, evidence: evidence) { return true }
        return aligner.isExhausted && (holes > 0 || Self.recursByBorders(enough, in: text, evidence))
    }

    /// The same in linear time for a text without holes.
    private static func recursByBorders(_ enough: Int, in text: [UInt8], _ evidence: Int) -> Bool {
        let borders = BorderSearch.borders(of: text)
        return borders.last.map { $0 >= evidence } ?? false || borders.contains(where: { $0 >= enough })
    }
}

extension TextAligner {
    /// Whether so many of the first bytes of the first text are later in the second one, or fewer up to its end.
    ///
    /// Gives up if it is exhausted.
    fileprivate mutating func recurs(_ enough: Int, evidence: Int) -> Bool {
        let anchorBytes = self.leadingBytes(atMost: min(evidence, enough))
        guard anchorBytes > 0 else { return true }
        let starts = 1..<max(1, self.secondCount - anchorBytes + 1)
        var start = starts.upperBound
        while !self.isExhausted, let next = self.anchor(before: start, in: starts, anchorBytes) {
            start = next
            if let alignment = self.walk(from: start) {
                if alignment.equalBytes >= evidence || alignment.firstEnd >= enough { return true }
            } else if self.furthest >= enough {
                return true
            }
        }
        return false
    }
}

/// Tells whether a piece of a text repeats in it.
enum Repetition {
    /// Whether a piece of a text is seen in it a second time: as a whole, or cut by an end of the text with at least so
    /// many equal bytes left.
    ///
    /// Text that repeats, such as a loop that prints the same file, can be equal in two places although they are not
    /// the same output. Says `true` too if the search takes too long.
    ///
    /// - Parameters:
    ///   - piece: The indices of the piece.
    ///   - text: The text.
    ///   - evidence: How many equal bytes count if an end of the text has cut the second one.
    static func isSeen(of piece: Range<Int>, in text: [UInt8], evidence: Int) -> Bool {
        if piece.lowerBound > 0 {
            let before = Array(text[..<piece.upperBound].reversed())
            if Self.recurs(piece.count, in: before, evidence: evidence) { return true }
        }
        return piece.upperBound < text.count
            && Self.recurs(piece.count, in: Array(text[piece.lowerBound...]), evidence: evidence)
    }

    /// Whether the first bytes of a text come again later in it.
    private static func recurs(_ count: Int, in text: [UInt8], evidence: Int) -> Bool {
        let leadingHoles = text.prefix(while: { $0 == CutText.hole }).count
        let text = leadingHoles == 0 ? text : Array(text[leadingHoles...])
        var aligner = TextAligner(first: text, second: text, work: TextAligner.work(for: text.count, text.count))
        return aligner.recurs(count - leadingHoles, evidence: evidence)
    }
}

extension TextAligner {
    /// Whether the first bytes of the first text are later in the second one, as a whole or cut by its end.
    fileprivate mutating func recurs(_ count: Int, evidence: Int) -> Bool {
        let anchorBytes = self.leadingBytes(atMost: min(evidence, count))
        let starts = 1..<max(1, self.secondCount - anchorBytes + 1)
        var start = starts.upperBound
        guard anchorBytes > 0 else { return true }
        while !self.isExhausted, let next = self.anchor(before: start, in: starts, anchorBytes) {
            start = next
            if let alignment = self.walk(from: start) {
                if alignment.equalBytes >= evidence { return true }
            } else if self.furthest >= count {
                return true
            }
        }
        return self.isExhausted
    }
}

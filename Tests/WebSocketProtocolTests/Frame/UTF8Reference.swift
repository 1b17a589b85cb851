/// UTF-8 by the table of well-formed byte sequences (Unicode 3.9, table 3-7), one row at a time and without a state.
enum UTF8Reference {
    enum Verdict: Equatable {
        case complete
        /// Valid so far, but the last code point is incomplete.
        case incomplete
        /// The byte at this index can't follow the bytes before it.
        case impossible(at: Int)
    }

    private static let tail: ClosedRange<UInt8> = 0x80...0xBF
    private static let rows: [[ClosedRange<UInt8>]] = [
        [0x00...0x7F],
        [0xC2...0xDF, tail],
        [0xE0...0xE0, 0xA0...0xBF, tail],
        [0xE1...0xEC, tail, tail],
        [0xED...0xED, 0x80...0x9F, tail],
        [0xEE...0xEF, tail, tail],
        [0xF0...0xF0, 0x90...0xBF, tail, tail],
        [0xF1...0xF3, tail, tail, tail],
        [0xF4...0xF4, 0x80...0x8F, tail, tail],
    ]

    static func check(_ bytes: [UInt8]) -> Verdict {
        var index = 0
        while index < bytes.count {
            guard let row = self.rows.first(where: { $0[0].contains(bytes[index]) }) else {
                return .impossible(at: index)
            }
            for range in row {
                guard index < bytes.count else { return .incomplete }
                guard range.contains(bytes[index]) else { return .impossible(at: index) }
                index += 1
            }
        }
        return .complete
    }
}

/// A run of holes in one text, and the lengths of the text in the other one that it can stand for.
struct HoleRun {
    /// How far a length is tried to differ from that of the run.
    ///
    /// They are equal if Go wrote the text. Others write one U+FFFD for up to 3 bytes; each cut adds one or two.
    private static let slack = 6

    /// The number of lengths around the likeliest one.
    private static let lengths = 2 * Self.slack + 1

    /// The length of the run.
    private let count: Int

    /// How many bytes of the other text are holes or no ASCII; no more than can be of use.
    private let available: Int

    /// Whether the other text ends after these.
    private let endsText: Bool

    /// Whether the run has no other length than all that is available, because an ASCII character comes next.
    private let isFixed: Bool

    /// Whether the other text may end inside of the run.
    private let canEndInside: Bool

    /// Looks at the run that begins at an index, and at the place in the other text that lies over it.
    init(in holes: [UInt8], from start: Int, standingFor text: [UInt8], at index: Int, canEndInside: Bool) {
        var end = start + 1
        while end < holes.count, holes[end] == CutText.hole { end += 1 }
        self.count = end - start
        self.available = text.countBeyondASCII(from: index, atMost: 3 * self.count + 1)
        self.endsText = index + self.available == text.count
        self.isFixed = !self.endsText && end < holes.count && holes[end] < 0x80
        self.canEndInside = canEndInside && self.endsText && self.available > 0
    }

    /// How many attempts there are.
    var attempts: Int {
        if self.available == 0 { return 0 }
        if self.isFixed { return 1 }
        return self.canEndInside ? 1 + 2 * Self.lengths : 1 + Self.lengths
    }

    /// An attempt, the likeliest first: how much of the run, and the length of the text that it stands for.
    ///
    /// - Returns: `nil` if this one can't be.
    func attempt(_ number: Int) -> (run: Int, length: Int)? {
        if self.isFixed {
            return Self.canStand(self.count, for: self.available) ? (self.count, self.available) : nil
        }
        switch number {
        case 0:
            // The end of the other text is as long as a part of the run.
            return self.canEndInside && self.available < self.count ? (self.available, self.available) : nil
        case 1...Self.lengths:
            let length = self.count + Self.distance(number - 1)
            if length >= 1, length <= self.available, Self.canStand(self.count, for: length) {
                return (self.count, length)
            }
            // The other text ends before the piece does.
            let isLast = number == Self.lengths && self.endsText && 3 * self.available < self.count
            return isLast ? (self.count, self.available) : nil
        default:
            let run = self.available + Self.distance(number - 1 - Self.lengths)
            return run >= 1 && run < self.count && Self.canStand(run, for: self.available) ? (run, self.available) : nil
        }
    }

    /// 0, 1, -1, 2, -2 and so on.
    private static func distance(_ number: Int) -> Int { number.isMultiple(of: 2) ? -(number / 2) : (number + 1) / 2 }

    /// Whether so many holes can stand for a text of this length, which can have holes too.
    private static func canStand(_ run: Int, for length: Int) -> Bool { length <= 3 * run && run <= 3 * length }
}

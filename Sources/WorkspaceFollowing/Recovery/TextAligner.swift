/// Finds where one text goes on in another, if a hole in either stands for 1 to 3 bytes of the other.
///
/// The first text is laid over the second from a start on, and both are walked through until one ends. A run of holes
/// can stand for pieces of several lengths; the walk tries the length that Go writes first, and goes back if the text
/// after it differs. The work of all walks together has a bound, after which nothing is found any more.
struct TextAligner {
    /// One way to lay the first text over the second.
    struct Alignment: Equatable {
        /// Where in the second text the first one begins.
        let start: Int

        /// How much of the first text was laid over the second.
        let firstEnd: Int

        /// Where in the second text the walk ended.
        let secondEnd: Int

        /// How many bytes were equal as such; a hole is never equal.
        let equalBytes: Int
    }

    /// A place that a walk has reached.
    private struct Place {
        var first: Int
        var second: Int
        var equalBytes: Int
    }

    /// How far the length of the text behind a run of holes is tried to differ from that of the run. It is 0 for Go.
    /// Others write one U+FFFD for up to 3 bytes; each cut adds one or two.
    private static let slack = 6

    private let first: [UInt8]
    private let second: [UInt8]

    /// Where a run of holes in the first text ends although the next byte is a hole too, in rising order.
    private let frameEnds: [Int]

    /// The work that is left, about one unit for a nanosecond.
    private(set) var work: Int

    /// How much of the first text the last walk that failed has found in the second.
    private(set) var furthest = 0

    private var places: [Place] = []

    /// Whether the work was used up, so that alignments may have been missed.
    var isExhausted: Bool { self.work <= 0 }

    /// Creates the aligner of two texts.
    init(first: [UInt8], second: [UInt8], frameEnds: [Int] = [], work: Int) {
        self.first = first
        self.second = second
        self.frameEnds = frameEnds
        self.work = work
    }

    /// How many bytes at the beginning of the first text are no holes, up to a limit.
    func leadingBytes(atMost limit: Int) -> Int {
        self.first.prefix(limit).prefix(while: { $0 != CutText.hole }).count
    }

    /// The length of the second text.
    var secondCount: Int { self.second.count }

    /// The amount of work that is allowed for texts of these lengths: linear in their sum.
    static func work(for first: Int, _ second: Int) -> Int { 4_096 + 6 * (first + second) }

    /// The alignments with the largest starts that are accepted, two at most, the largest first.
    ///
    /// - Parameters:
    ///   - starts: The starts in the second text that are tried.
    ///   - anchorBytes: How many bytes at the beginning of the first text are equal for certain; they have no hole.
    ///   - mayEnd: Whether a walk may end at this place of both texts; one of them has ended there.
    ///   - accepts: Whether an alignment counts.
    mutating func alignments(
        startingIn starts: Range<Int>,
        anchorBytes: Int,
        mayEnd: (_ first: Int, _ second: Int) -> Bool = { _, _ in true },
        accepts: (Alignment) -> Bool
    ) -> [Alignment] {
        var found: [Alignment] = []
        guard anchorBytes > 0 else { return found }
        var start = starts.upperBound
        while found.count < 2, !self.isExhausted, let next = self.anchor(before: start, in: starts, anchorBytes) {
            start = next
            if let alignment = self.walk(from: start, mayEnd: mayEnd), accepts(alignment) { found.append(alignment) }
        }
        return found
    }

    /// The largest start below `end` at which the anchor is in the second text; `nil` if there is none.
    mutating func anchor(before end: Int, in starts: Range<Int>, _ anchorBytes: Int) -> Int? {
        let start = self.lastAnchor(before: end, downTo: starts.lowerBound, anchorBytes)
        self.work -= 1 + (end - start) / 2
        return start >= starts.lowerBound ? start : nil
    }

    private func lastAnchor(before end: Int, downTo lowest: Int, _ anchorBytes: Int) -> Int {
        let first = self.first.span
        let second = self.second.span
        let lead = first[0]
        var start = min(end, second.count - anchorBytes + 1) - 1
        while start >= lowest {
            if second[start] == lead {
                var length = 1
                while length < anchorBytes, second[start + length] == first[length] { length += 1 }
                if length == anchorBytes { return start }
            }
            start -= 1
        }
        return start
    }

    /// Lays the first text over the second; `nil` if they differ, or if the work is used up.
    ///
    /// - Parameters:
    ///   - start: Where in the second text the first one begins.
    ///   - mayEnd: Whether the walk may end at this place of both texts; one of them has ended there.
    mutating func walk(from start: Int, mayEnd: (_ first: Int, _ second: Int) -> Bool = { _, _ in true }) -> Alignment? {
        self.furthest = 0
        self.places.removeAll(keepingCapacity: true)
        self.places.append(Place(first: 0, second: start, equalBytes: 0))
        while var place = self.places.popLast(), !self.isExhausted {
            let length = self.equalBytes(from: place)
            place.first += length
            place.second += length
            place.equalBytes += length
            self.work -= 8 + length / 2
            self.furthest = max(self.furthest, place.first)
            if place.first == self.first.count || place.second == self.second.count {
                guard mayEnd(place.first, place.second) else { continue }
                return Alignment(
                    start: start,
                    firstEnd: place.first,
                    secondEnd: place.second,
                    equalBytes: place.equalBytes
                )
            }
            self.passHoles(from: place)
        }
        return nil
    }

    /// How many bytes from a place on are equal and no holes.
    private func equalBytes(from place: Place) -> Int {
        let first = self.first.span
        let second = self.second.span
        let limit = min(first.count - place.first, second.count - place.second)
        var length = 0
        while length < limit {
            let byte = first[place.first + length]
            if byte != second[place.second + length] || byte == CutText.hole { break }
            length += 1
        }
        return length
    }

    /// Adds the places behind the run of holes that one of the texts has here, the likeliest last.
    private mutating func passHoles(from place: Place) {
        if self.first[place.first] == CutText.hole {
            let run = self.holes(from: place.first)
            let lengths = Self.lengths(behind: run, from: place.first, in: self.first, of: self.second, at: place.second)
            for length in lengths {
                let next = Place(first: place.first + run, second: place.second + length, equalBytes: place.equalBytes)
                self.places.append(next)
            }
        } else if self.second[place.second] == CutText.hole {
            var run = 1
            while place.second + run < self.second.count, self.second[place.second + run] == CutText.hole { run += 1 }
            let lengths = Self.lengths(behind: run, from: place.second, in: self.second, of: self.first, at: place.first)
            for length in lengths {
                let next = Place(first: place.first + length, second: place.second + run, equalBytes: place.equalBytes)
                self.places.append(next)
            }
        }
    }

    /// The length of the run of holes in the first text, which ends with its frame.
    private func holes(from index: Int) -> Int {
        let frameEnd = self.frameEnds.isEmpty ? self.first.count : self.frameEnd(after: index)
        var end = index
        while end < frameEnd, self.first[end] == CutText.hole { end += 1 }
        return end - index
    }

    /// The end of the frame that an index of the first text is in.
    private func frameEnd(after index: Int) -> Int {
        var low = 0
        var high = self.frameEnds.count
        while low < high {
            let middle = (low + high) / 2
            if self.frameEnds[middle] <= index { low = middle + 1 } else { high = middle }
        }
        return low < self.frameEnds.count ? self.frameEnds[low] : self.first.count
    }

    /// The lengths that the text behind a run of holes can have, the likeliest last.
    private static func lengths(
        behind run: Int,
        from start: Int,
        in holes: [UInt8],
        of text: [UInt8],
        at index: Int
    ) -> [Int] {
        let available = text.countBeyondASCII(from: index, atMost: 3 * run + 1)
        let endsText = index + available == text.count
        let longest = min(available, 3 * run)
        let shortest = endsText ? min((run + 2) / 3, available) : (run + 2) / 3
        guard available > 0, shortest <= longest else { return [] }
        if start + run < holes.count, holes[start + run] < 0x80, !endsText {
            // An ASCII character comes next, so the piece must end where the other text has one too.
            return available == longest ? [available] : []
        }
        var lengths: [Int] = []
        for distance in stride(from: Self.slack, through: 1, by: -1) {
            if run - distance >= shortest, run - distance <= longest { lengths.append(run - distance) }
            if run + distance <= longest, run + distance >= shortest { lengths.append(run + distance) }
        }
        if run >= shortest, run <= longest { lengths.append(run) }
        // The other text ends before the piece does.
        if lengths.isEmpty, endsText { lengths.append(available) }
        return lengths
    }
}

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

        /// How many lengths of the run of holes that is here were tried.
        var attempts = 0
    }

    private let first: [UInt8]
    private let second: [UInt8]

    /// Whether the first text consists of frames that the second one has in one piece.
    ///
    /// Then the second text can end inside of a run of holes of the first one, and where it has a hole the first text
    /// has one too.
    private let firstIsFrames: Bool

    /// The work that is left; a unit is about a nanosecond.
    private(set) var work: Int

    /// How much of the first text the last walk that failed has found in the second.
    private(set) var furthest = 0

    /// The most that any walk that failed has found.
    private(set) var longestFailure = 0

    private var places: [Place] = []

    /// Whether the work was used up, so that alignments may have been missed.
    var isExhausted: Bool { self.work <= 0 }

    /// Creates the aligner of two texts.
    init(first: [UInt8], second: [UInt8], firstIsFrames: Bool = false, work: Int) {
        self.first = first
        self.second = second
        self.firstIsFrames = firstIsFrames
        self.work = work
    }

    /// How many bytes at the beginning of the first text are no holes, up to a limit.
    func leadingBytes(atMost limit: Int) -> Int {
        self.first.prefix(limit).prefix(while: { $0 != CutText.hole }).count
    }

    /// The length of the second text.
    var secondCount: Int { self.second.count }

    /// The amount of work that is allowed for texts of this length together: linear in it, and in their holes.
    static func work(forBytes bytes: Int, holes: Int) -> Int { 4_096 + bytes + 40 * holes }

    /// The alignments with the largest starts that are accepted, two at most, the largest first.
    ///
    /// - Parameters:
    ///   - starts: The starts in the second text that are tried.
    ///   - anchorBytes: How many bytes at the beginning of the first text are equal for certain; they have no hole.
    ///   - mayEnd: Whether a walk may end at this place of both texts; one of them has ended there.
    ///   - accepts: Whether an alignment counts.
    /// - Returns: The alignments.
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
        unsafe self.first.withUnsafeBytes { first in
            unsafe self.second.withUnsafeBytes { second in
                var start = min(end, second.count - anchorBytes + 1) - 1
                guard start >= lowest, let first = first.baseAddress, let second = second.baseAddress else {
                    return start
                }
                // Eight bytes at once: one comparison for each start.
                let lead = unsafe anchorBytes < 8 ? 0 : first.loadUnaligned(as: UInt64.self)
                while start >= lowest {
                    if anchorBytes >= 8 {
                        while start >= lowest, unsafe (second + start).loadUnaligned(as: UInt64.self) != lead {
                            start -= 1
                        }
                    }
                    if start >= lowest, unsafe Self.areEqual(first, second + start, anchorBytes) { break }
                    start -= 1
                }
                return start
            }
        }
    }

    private static func areEqual(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            if unsafe one.load(fromByteOffset: index, as: UInt8.self)
                != other.load(fromByteOffset: index, as: UInt8.self)
            {
                return false
            }
            index += 1
        }
        return true
    }

    /// Lays the first text over the second.
    ///
    /// - Parameters:
    ///   - start: Where in the second text the first one begins.
    ///   - mayEnd: Whether the walk may end at this place of both texts; one of them has ended there.
    /// - Returns: `nil` if they differ, or if the work is used up.
    mutating func walk(from start: Int, mayEnd: (_ first: Int, _ second: Int) -> Bool = { _, _ in true }) -> Alignment?
    {
        self.furthest = 0
        self.places.removeAll(keepingCapacity: true)
        var next: Place? = Place(first: 0, second: start, equalBytes: 0)
        while var place = next, !self.isExhausted {
            let length = self.equalBytes(from: place)
            place.first += length
            place.second += length
            place.equalBytes += length
            self.work -= 8 + length / 8
            self.furthest = max(self.furthest, place.first)
            if place.first == self.first.count || place.second == self.second.count {
                if mayEnd(place.first, place.second) {
                    return Alignment(
                        start: start,
                        firstEnd: place.first,
                        secondEnd: place.second,
                        equalBytes: place.equalBytes
                    )
                }
                next = self.goBack()
            } else if self.first[place.first] == CutText.hole || self.second[place.second] == CutText.hole {
                next = self.passHoles(from: place) ?? self.goBack()
            } else {
                next = self.goBack()
            }
        }
        self.longestFailure = max(self.longestFailure, self.furthest)
        return nil
    }

    /// The next place to try, after the text behind a run of holes was another.
    private mutating func goBack() -> Place? {
        while let place = self.places.popLast() {
            if let next = self.passHoles(from: place) { return next }
        }
        return nil
    }

    /// How many bytes from a place on are equal and no holes.
    private func equalBytes(from place: Place) -> Int {
        let limit = min(self.first.count - place.first, self.second.count - place.second)
        return unsafe self.first.withUnsafeBytes { first in
            unsafe self.second.withUnsafeBytes { second in
                var length = 0
                while length + 8 <= limit {
                    let word = unsafe first.loadUnaligned(fromByteOffset: place.first + length, as: UInt64.self)
                    let other = unsafe second.loadUnaligned(fromByteOffset: place.second + length, as: UInt64.self)
                    if word != other || Self.hasHole(word) { break }
                    length += 8
                }
                while length < limit {
                    let byte = unsafe first[place.first + length]
                    if unsafe byte != second[place.second + length] || byte == CutText.hole { break }
                    length += 1
                }
                return length
            }
        }
    }

    /// Whether one of eight bytes is a hole, which has all bits set.
    private static func hasHole(_ word: UInt64) -> Bool {
        (~word &- 0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
    }

    /// The place behind the run of holes that one of the texts has here, with the likeliest length that was not tried.
    private mutating func passHoles(from place: Place) -> Place? {
        self.work -= 16
        if self.first[place.first] == CutText.hole {
            let holes = HoleRun(
                in: self.first,
                from: place.first,
                standingFor: self.second,
                at: place.second,
                canEndInside: self.firstIsFrames
            )
            return self.pass(holes, from: place).map { run, length in
                Place(first: place.first + run, second: place.second + length, equalBytes: place.equalBytes)
            }
        }
        if self.firstIsFrames { return nil }
        let holes = HoleRun(
            in: self.second,
            from: place.second,
            standingFor: self.first,
            at: place.first,
            canEndInside: false
        )
        return self.pass(holes, from: place).map { run, length in
            Place(first: place.first + length, second: place.second + run, equalBytes: place.equalBytes)
        }
    }

    /// The next attempt at a run of holes: how much of the run, and the length of the text that it stands for.
    private mutating func pass(_ holes: HoleRun, from place: Place) -> (run: Int, length: Int)? {
        var place = place
        while place.attempts < holes.attempts {
            let attempt = holes.attempt(place.attempts)
            place.attempts += 1
            guard let attempt else { continue }
            if place.attempts < holes.attempts { self.places.append(place) }
            return attempt
        }
        return nil
    }
}

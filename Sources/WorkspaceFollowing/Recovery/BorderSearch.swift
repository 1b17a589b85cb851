/// Finds in linear time where a text can end in another one, byte by byte (Knuth, Morris and Pratt).
enum BorderSearch {
    /// Where the tail can end in the ring.
    struct Ends: Equatable {
        /// The smallest end, which is how many bytes of the ring the tail covers.
        let smallest: Int

        /// How many bytes of tail and ring are equal there.
        let equalBytes: Int

        /// Whether the tail can't end anywhere else.
        let isOnly: Bool
    }

    /// The ends of the tail in the ring at which at least so many bytes are equal.
    ///
    /// - Parameters:
    ///   - tail: The text that came first.
    ///   - ring: The text in which it ends.
    ///   - minimum: How many bytes must be equal, at least 1.
    ///   - isWhole: Whether the whole tail must be in the ring. Otherwise the ring may begin inside of the tail.
    /// - Returns: The smallest end, and whether it is the only one; `nil` if there is none.
    static func ends(of tail: [UInt8], in ring: [UInt8], minimum: Int, isWhole: Bool) -> Ends? {
        var found: [(end: Int, equalBytes: Int)] = []
        let shortest = isWhole ? tail.count : minimum
        let table = Self.borders(of: ring)
        var border = Self.lastState(of: tail[max(0, tail.count - ring.count)...], matching: ring, table)
        while border >= max(1, shortest) {
            // Only the two smallest are of interest, and the borders come from the longest to the shortest.
            if found.count == 2 { found.removeFirst() }
            found.append((border, border))
            border = Int(table[border - 1])
        }
        found.reverse()
        if found.count < 2, tail.count < ring.count, tail.count >= max(1, minimum) {
            Self.addWholeMatches(of: tail, in: ring, to: &found)
        }
        guard let smallest = found.first else { return nil }
        return Ends(smallest: smallest.end, equalBytes: smallest.equalBytes, isOnly: found.count == 1)
    }

    /// For each prefix of a text the length of its longest border: the longest shorter prefix that it ends with.
    static func borders(of text: [UInt8]) -> [Int32] {
        var table = [Int32](repeating: 0, count: text.count)
        let bytes = text.span
        var entries = table.mutableSpan
        var border = 0
        for index in 1..<max(1, bytes.count) {
            let byte = bytes[index]
            while border > 0, bytes[border] != byte { border = Int(entries[border - 1]) }
            if bytes[border] == byte { border += 1 }
            entries[index] = Int32(truncatingIfNeeded: border)
        }
        return table
    }

    /// The length of the longest suffix of a text that is a prefix of the pattern.
    private static func lastState(of text: ArraySlice<UInt8>, matching pattern: [UInt8], _ table: [Int32]) -> Int {
        guard !pattern.isEmpty else { return 0 }
        let text = text.span
        let bytes = pattern.span
        let entries = table.span
        var state = 0
        for index in text.indices {
            let byte = text[index]
            // The text isn't longer than the pattern, so only its last byte can complete the pattern.
            while state > 0, bytes[state] != byte { state = Int(entries[state - 1]) }
            if bytes[state] == byte { state += 1 }
        }
        return state
    }

    /// Adds the ends of whole matches that don't begin where the ring does, until two ends were found.
    private static func addWholeMatches(
        of tail: [UInt8],
        in ring: [UInt8],
        to found: inout [(end: Int, equalBytes: Int)]
    ) {
        let table = Self.borders(of: tail)
        let pattern = tail.span
        let entries = table.span
        let text = ring.span
        var state = 0
        for index in text.indices {
            let byte = text[index]
            if state == pattern.count { state = Int(entries[state - 1]) }
            while state > 0, pattern[state] != byte { state = Int(entries[state - 1]) }
            if pattern[state] == byte { state += 1 }
            guard state == pattern.count, index >= state else { continue }
            found.append((index + 1, state))
            if found.count == 2 { return }
        }
    }
}

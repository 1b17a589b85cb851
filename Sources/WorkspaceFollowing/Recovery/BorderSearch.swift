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
        let shortest = max(1, minimum, isWhole ? tail.count : 0)
        let table = Self.borders(of: ring)
        let longest = Self.lastState(of: tail[max(0, tail.count - ring.count)...], matching: ring, table)
        var ends: [Int] = []
        if longest >= shortest {
            // The borders come from the longest to the shortest, and only the shortest is of interest.
            var border = longest
            while table[border - 1] >= shortest { border = Int(table[border - 1]) }
            ends = border < longest ? [border, longest] : [border]
        }
        if ends.count < 2, tail.count < ring.count, tail.count >= minimum {
            ends += Self.ends(ofWhole: tail, in: ring, atMost: 2 - ends.count)
        }
        guard let smallest = ends.first else { return nil }
        return Ends(smallest: smallest, equalBytes: min(smallest, tail.count), isOnly: ends.count == 1)
    }

    /// For each prefix of a text the length of its longest border: the longest shorter prefix that it ends with.
    static func borders(of text: [UInt8]) -> [Int32] {
        unsafe [Int32](unsafeUninitializedCapacity: text.count) { table, count in
            count = text.count
            guard count > 0 else { return }
            unsafe table[0] = 0
            unsafe text.withUnsafeBufferPointer { text in
                var border = 0
                for index in 1..<max(1, text.count) {
                    unsafe border = Self.next(border, with: text[index], in: text, table)
                    unsafe table[index] = Int32(truncatingIfNeeded: border)
                }
            }
        }
    }

    /// The state after one more byte: how much of the pattern the text ends with; it was not complete before.
    @inline(__always)
    private static func next(
        _ state: Int,
        with byte: UInt8,
        in pattern: UnsafeBufferPointer<UInt8>,
        _ table: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        var state = state
        while state > 0, unsafe pattern[state] != byte { state = unsafe Int(table[state - 1]) }
        return unsafe pattern[state] == byte ? state + 1 : state
    }

    /// The length of the longest suffix of a text that is a prefix of the pattern, which isn't shorter than the text.
    private static func lastState(of text: ArraySlice<UInt8>, matching pattern: [UInt8], _ table: [Int32]) -> Int {
        guard !pattern.isEmpty else { return 0 }
        var table = table
        return unsafe table.withUnsafeMutableBufferPointer { table in
            unsafe pattern.withUnsafeBufferPointer { pattern in
                var state = 0
                // Only the last byte can complete the pattern.
                for byte in text { unsafe state = Self.next(state, with: byte, in: pattern, table) }
                return state
            }
        }
    }

    /// The first ends of whole matches that don't begin where the ring does.
    private static func ends(ofWhole tail: [UInt8], in ring: [UInt8], atMost limit: Int) -> [Int] {
        var table = Self.borders(of: tail)
        var ends: [Int] = []
        unsafe table.withUnsafeMutableBufferPointer { table in
            unsafe tail.withUnsafeBufferPointer { pattern in
                var state = 0
                for index in ring.indices where ends.count < limit {
                    if state == pattern.count { state = unsafe Int(table[state - 1]) }
                    unsafe state = Self.next(state, with: ring[index], in: pattern, table)
                    if state == pattern.count, index >= state { ends.append(index + 1) }
                }
            }
        }
        return ends
    }
}

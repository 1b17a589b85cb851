/// Finds the bytes of a string literal that a backslash escapes, sixteen bytes at a time.
struct EscapeTracker {
    /// 1 when the last byte of the previous block begins an escape.
    private var carry: UInt32 = 0

    /// Takes the next block.
    ///
    /// - Parameter found: One bit for each backslash, 16 bits at most.
    /// - Returns: One bit for each byte that is the second byte of an escape.
    @inline(__always) mutating func escaped(by found: UInt32) -> UInt32 {
        // The subtraction borrows through each run of backslashes to its end. The result there depends on the place
        // where the run began, odd or even, and so on its length. simdjson finds its escapes in this way.
        let oddPlaces: UInt32 = 0xAAAA_AAAA
        let beginnings = found & ~self.carry
        let ends = ((beginnings &<< 1 | oddPlaces) &- beginnings) ^ oddPlaces
        let escaped = ends ^ (found | self.carry)
        self.carry = (ends & found) &>> 15 & 1
        return escaped & 0xFFFF
    }
}

/// Which bytes of a string literal are escaped by the backslash before them, sixteen at a time.
struct EscapeTracker {
    /// 1 when the last byte of the block before begins an escape.
    private var carry: UInt32 = 0

    /// Takes a block.
    ///
    /// - Parameter found: One bit for each backslash, 16 at most.
    /// - Returns: One bit for each byte that is the second one of an escape.
    @inline(__always) mutating func escaped(by found: UInt32) -> UInt32 {
        // The subtraction lets each run of backslashes borrow through to its end: what comes out there depends on
        // whether it began at an odd or an even place, and so on its length. simdjson finds its escapes in this way.
        let oddPlaces: UInt32 = 0xAAAA_AAAA
        let beginnings = found & ~self.carry
        let ends = ((beginnings &<< 1 | oddPlaces) &- beginnings) ^ oddPlaces
        let escaped = ends ^ (found | self.carry)
        self.carry = (ends & found) &>> 15 & 1
        return escaped & 0xFFFF
    }
}

extension UInt64 {
    /// The number that these eight bytes stand for as decimal digits in ASCII, the first of which is lowest in memory.
    ///
    /// `nil` if one of them is no digit.
    @inline(__always) var decimalDigits: UInt64? {
        // A digit has 3 in its upper half, and still has when 6 is added.
        let shifted = self &+ 0x0606_0606_0606_0606
        guard self & shifted & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030 else { return nil }
        // Pairs, then fours, then all eight: each step adds ten, a hundred, ten thousand times the first of two.
        let pairs = ((self & 0x0F0F_0F0F_0F0F_0F0F) &* (10 << 8 | 1)) &>> 8
        let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* (100 << 16 | 1)) &>> 16
        return ((fours & 0x0000_FFFF_0000_FFFF) &* (10_000 << 32 | 1)) &>> 32
    }
}

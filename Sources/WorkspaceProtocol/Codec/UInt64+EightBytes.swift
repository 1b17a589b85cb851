/// Eight bytes examined at once, the first one lowest.
///
/// The results have the top bit of each byte that was found. Only the lowest of them is exact: the subtraction may
/// borrow from the bytes above it.
extension UInt64 {
    /// The top bit of each byte.
    static let topBits: UInt64 = 0x8080_8080_8080_8080

    /// Finds a byte.
    @inline(__always) func bytes(equalTo byte: UInt8) -> UInt64 {
        let difference = self ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & Self.topBits
    }

    /// The number that eight decimal digits in ASCII stand for, the first one highest; `nil` if one is no digit.
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

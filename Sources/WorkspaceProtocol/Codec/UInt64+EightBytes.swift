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

    /// Finds bytes below 0x20.
    @inline(__always) var controlBytes: UInt64 {
        (self &- 0x2020_2020_2020_2020) & ~self & Self.topBits
    }
}

/// The decimal digits at the start of a text, sixteen at most; it finds and converts eight at once.
struct JSONDigits {
    /// The number of digits.
    private(set) var count: Int

    /// The values of the digits before the last eight: one in each byte, the last digit highest, zeros before them.
    private var high: UInt64 = 0

    /// The values of the last eight digits.
    private var low: UInt64

    /// Looks at eight bytes, the first one lowest.
    @inline(__always) init(_ word: UInt64) {
        let values = Self.values(of: word)
        self.count = Self.leadingDigits(in: values)
        self.low = values << ((8 &- self.count) &* 8)
    }

    /// Looks at the eight bytes after eight digits.
    @inline(__always) mutating func append(_ word: UInt64) {
        let values = Self.values(of: word)
        let count = Self.leadingDigits(in: values)
        let shift = (8 &- count) &* 8
        self.high = self.low << shift
        self.low = self.low >> (count &* 8) | values << shift
        self.count &+= count
    }

    /// The number.
    @inline(__always) var value: Int64 {
        Int64(bitPattern: Self.number(self.high) &* 100_000_000 &+ Self.number(self.low))
    }

    /// Takes `0` from each byte; after that, a byte above 9 is not a digit.
    @inline(__always) private static func values(of word: UInt64) -> UInt64 { word ^ 0x3030_3030_3030_3030 }

    @inline(__always) private static func leadingDigits(in values: UInt64) -> Int {
        // The sum sets the highest bit of each byte above 9. It may carry, but only into bytes after the first
        // non-digit.
        let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount &>> 3
    }

    @inline(__always) private static func number(_ values: UInt64) -> UInt64 {
        // Pairs, then fours, then all eight. Each step adds the first of two, times ten, a hundred or ten thousand.
        let pairs = (values &* (10 << 8 | 1)) &>> 8
        let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* (100 << 16 | 1)) &>> 16
        return ((fours & 0x0000_FFFF_0000_FFFF) &* (10_000 << 32 | 1)) &>> 32
    }
}

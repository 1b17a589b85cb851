/// A decimal number under construction: `±magnitude × 10^exponent`, exact as long as its value can be an `Int64`.
struct JSONDecimal {
    /// The exponent stops counting here, far above the length of any frame and far below an overflow.
    static let exponentLimit = Int(Int32.max)

    private let isNegative: Bool
    private var magnitude: UInt64 = 0
    private var exponent = 0
    /// Zeros read after the last other digit; they count when another digit follows.
    private var trailingZeros = 0
    private var isTooLarge = false

    /// Creates zero.
    init(isNegative: Bool) {
        self.isNegative = isNegative
    }

    /// The value, if it is an integer that fits.
    var integer: Int64? {
        guard !self.isTooLarge else { return nil }
        guard self.magnitude > 0 else { return 0 }
        // The last digit of the magnitude is not zero. So a negative exponent leaves a fraction.
        let exponent = self.exponent + self.trailingZeros
        guard exponent >= 0, let value = Self.multiply(self.magnitude, byPowerOfTen: exponent) else { return nil }
        guard self.isNegative else { return Int64(exactly: value) }
        return value == Int64.min.magnitude ? .min : Int64(exactly: value).map { -$0 }
    }

    /// Appends a digit before the decimal point.
    mutating func append(_ digit: UInt8) {
        guard digit != 0 else { return self.trailingZeros += 1 }
        let scaled = Self.multiply(self.magnitude, byPowerOfTen: self.trailingZeros + 1)
        let (sum, overflow) = (scaled ?? 0).addingReportingOverflow(UInt64(digit))
        self.trailingZeros = 0
        self.magnitude = sum
        self.isTooLarge = self.isTooLarge || scaled == nil || overflow
    }

    /// Appends a digit after the decimal point.
    mutating func appendFraction(_ digit: UInt8) {
        self.append(digit)
        self.exponent -= 1
    }

    /// Multiplies by a power of ten.
    mutating func scale(byPowerOfTen power: Int) {
        self.exponent += power
    }

    /// The product, or `nil` if it does not fit.
    private static func multiply(_ value: UInt64, byPowerOfTen power: Int) -> UInt64? {
        guard value > 0 else { return 0 }
        // 10^20 does not fit 64 bits.
        guard power < 20 else { return nil }
        var product = value
        for _ in 0..<power {
            let (next, overflow) = product.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }
}

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

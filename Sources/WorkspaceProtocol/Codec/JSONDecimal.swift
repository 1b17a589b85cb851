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

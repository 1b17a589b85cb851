/// Counts times in buckets of equal relative width, in constant memory for any number of times.
///
/// The width of a bucket is at most 1/256 of its time, so a result is at most 0.4 % too high. 57 groups of 256 counters
/// need 114 KiB.
struct LatencyHistogram: Sendable, Equatable {
    private static let bits = 8
    private var counters = [UInt64](repeating: 0, count: (64 - Self.bits + 1) << Self.bits)

    /// The number of recorded times.
    private(set) var count: UInt64 = 0

    /// Counts a time.
    ///
    /// - Parameter nanoseconds: The time; 0 and above.
    mutating func record(nanoseconds: UInt64) {
        self.counters[Self.bucket(of: nanoseconds)] &+= 1
        self.count &+= 1
    }

    /// The smallest time that is not less than `share` of the recorded times.
    ///
    /// - Parameter share: 0 to 1.
    /// - Returns: Microseconds; nil if no time was recorded.
    func quantile(_ share: Double) -> Double? {
        guard self.count > 0 else { return nil }
        let rank = max(1, UInt64((share * Double(self.count)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, counter) in self.counters.enumerated() {
            seen += counter
            if seen >= rank { return Double(Self.upperBound(of: bucket)) / 1000 }
        }
        return nil
    }

    /// Below 256 each time has its own bucket; above, each power of two has 256 buckets.
    private static func bucket(of nanoseconds: UInt64) -> Int {
        let width = 64 - nanoseconds.leadingZeroBitCount
        guard width > Self.bits else { return Int(nanoseconds) }
        let shift = width - Self.bits - 1
        return ((shift + 1) << Self.bits) + Int(nanoseconds >> UInt64(shift)) - (1 << Self.bits)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        let group = bucket >> Self.bits
        guard group > 0 else { return UInt64(bucket) }
        let shift = UInt64(group - 1)
        let first = UInt64(bucket & (1 << Self.bits - 1) | 1 << Self.bits)
        return first << shift | (1 << shift &- 1)
    }
}

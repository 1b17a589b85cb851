/// Small numbers, one behind the other, in 128 bits: the key under which a state is remembered.
struct BitField: Hashable {
    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - value: Smaller than 2 to the power of `bits`.
    ///   - bits: Room for it; all calls together at most 128.
    mutating func append(_ value: UInt64, bits: UInt64) {
        precondition(value >> bits == 0 && self.count + bits <= 128, "There is no room for \(value) in \(bits) bits.")
        if self.count + bits <= 64 {
            self.low |= value << self.count
        } else {
            // A number that does not fit into the rest of the first half goes into the second as a whole.
            self.count = max(self.count, 64)
            self.high |= value << (self.count - 64)
        }
        self.count += bits
    }
}

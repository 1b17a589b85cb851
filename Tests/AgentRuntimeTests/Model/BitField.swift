/// Small numbers, one behind the other, in 192 bits: the key under which a state is remembered.
struct BitField: Hashable {
    private(set) var low: UInt64 = 0
    private(set) var middle: UInt64 = 0
    private(set) var high: UInt64 = 0
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - value: Smaller than 2 to the power of `bits`.
    ///   - bits: Room for it; all calls together at most 192.
    mutating func append(_ value: UInt64, bits: UInt64) {
        precondition(value >> bits == 0 && self.count + bits <= 192, "There is no room for \(value) in \(bits) bits.")
        // A number that does not fit into the rest of a word goes into the next one as a whole.
        if self.count % 64 + bits > 64 { self.count = (self.count / 64 + 1) * 64 }
        switch self.count / 64 {
        case 0: self.low |= value << self.count
        case 1: self.middle |= value << (self.count - 64)
        default: self.high |= value << (self.count - 128)
        }
        self.count += bits
    }
}

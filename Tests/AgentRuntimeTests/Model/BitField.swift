/// The key of a state: small numbers, one after the other, in 256 bits.
struct BitField: Hashable {
    private(set) var low: UInt64 = 0
    private(set) var middle: UInt64 = 0
    private(set) var high: UInt64 = 0
    private(set) var top: UInt64 = 0
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - value: A number below 2 to the power of `bits`.
    ///   - bits: The number of bits for it; at most 256 for all calls together.
    mutating func append(_ value: UInt64, bits: UInt64) {
        precondition(value >> bits == 0 && self.count + bits <= 256, "There is no room for \(value) in \(bits) bits.")
        // A number that does not fit into the rest of a word goes completely into the next word.
        if self.count % 64 + bits > 64 { self.count = (self.count / 64 + 1) * 64 }
        switch self.count / 64 {
        case 0: self.low |= value << self.count
        case 1: self.middle |= value << (self.count - 64)
        case 2: self.high |= value << (self.count - 128)
        default: self.top |= value << (self.count - 192)
        }
        self.count += bits
    }
}

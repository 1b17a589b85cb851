/// SHA-1 (FIPS 180-4 §6.1); only `Sec-WebSocket-Accept` needs it.
///
/// SHA-1 is broken. RFC 6455 §10.8: the handshake does not depend on the security of this function; the answer only
/// proves that the server read the key.
enum SHA1 {
    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        mutating func add(_ other: Self) {
            self.a &+= other.a
            self.b &+= other.b
            self.c &+= other.c
            self.d &+= other.d
            self.e &+= other.e
        }

        mutating func round(_ index: Int, word: UInt32) {
            let (mix, constant) = self.mix(index)
            let next = Self.rotate(self.a, by: 5) &+ mix &+ self.e &+ constant &+ word
            (self.e, self.d, self.c, self.b, self.a) = (self.d, self.c, Self.rotate(self.b, by: 30), self.a, next)
        }

        private func mix(_ index: Int) -> (UInt32, UInt32) {
            switch index {
            case ..<20: ((self.b & self.c) | (~self.b & self.d), 0x5A82_7999)
            case ..<40: (self.b ^ self.c ^ self.d, 0x6ED9_EBA1)
            case ..<60: ((self.b & self.c) | (self.b & self.d) | (self.c & self.d), 0x8F1B_BCDC)
            default: (self.b ^ self.c ^ self.d, 0xCA62_C1D6)
            }
        }

        static func rotate(_ value: UInt32, by count: UInt32) -> UInt32 {
            (value &<< count) | (value &>> (32 &- count))
        }
    }

    /// The 20 bytes of the digest of a message.
    static func digest(of message: [UInt8]) -> [UInt8] {
        var state = State()
        let padded = self.padded(message)
        for start in stride(from: 0, to: padded.count, by: 64) {
            self.process(padded[start..<(start + 64)], into: &state)
        }
        return [state.a, state.b, state.c, state.d, state.e].flatMap(self.bigEndianBytes)
    }

    /// The message, one 1 bit, zeros up to 8 bytes before a multiple of 64, and the length in bits.
    private static func padded(_ message: [UInt8]) -> [UInt8] {
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 {
            bytes.append(0)
        }
        let bitCount = UInt64(message.count) * 8
        bytes += self.bigEndianBytes(UInt32(truncatingIfNeeded: bitCount >> 32))
        bytes += self.bigEndianBytes(UInt32(truncatingIfNeeded: bitCount))
        return bytes
    }

    private static func process(_ block: ArraySlice<UInt8>, into state: inout State) {
        var words: [UInt32] = []
        words.reserveCapacity(80)
        for start in stride(from: block.startIndex, to: block.endIndex, by: 4) {
            words.append(block[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) })
        }
        for index in 16..<80 {
            let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
            words.append(State.rotate(mixed, by: 1))
        }
        var next = state
        for index in 0..<80 {
            next.round(index, word: words[index])
        }
        state.add(next)
    }

    private static func bigEndianBytes(_ word: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@Suite("Masking key")
struct MaskingKeyTests {
    private static let bytes = RawFrame.testKey
    private let key = MaskingKey(bytes[0], bytes[1], bytes[2], bytes[3])

    @Test("Masking is the XOR of RFC 6455 §5.3 at every length, offset and alignment", arguments: 0..<8)
    func matchesTheDefinition(offset: Int) {
        var random = SplitMix64(seed: 7)
        for length in 0...70 {
            let payload = [UInt8].random(count: length, using: &random)
            let expected = RawFrame.naivelyMasked(payload, key: Self.bytes, offset: offset)
            for shift in 0..<8 {
                // The guard bytes around the part show if a byte outside of it was written.
                var memory = [UInt8](repeating: 0xEE, count: shift) + payload + [0xEE, 0xEE]
                memory.withUnsafeMutableBytes { memory in
                    let part = UnsafeMutableRawBufferPointer(rebasing: memory[shift..<shift + length])
                    self.key.apply(to: part, offset: offset)
                }
                #expect(Array(memory[shift..<shift + length]) == expected, "length \(length), shift \(shift)")
                #expect(memory[..<shift].allSatisfy { $0 == 0xEE } && memory[(shift + length)...] == [0xEE, 0xEE])
            }
        }
    }

    @Test("Masking twice restores the payload", arguments: [0, 1, 7, 8, 9, 63, 64, 65, 4096, 65537])
    func isItsOwnInverse(length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        let payload = [UInt8].random(count: length, using: &random)
        var bytes = payload
        bytes.withUnsafeMutableBytes { self.key.apply(to: $0) }
        #expect(length < 4 || bytes != payload)
        bytes.withUnsafeMutableBytes { self.key.apply(to: $0) }
        #expect(bytes == payload)
    }

    @Test("A payload masked in parts is the payload masked at once")
    func masksInParts() {
        var random = SplitMix64(seed: 11)
        let payload = [UInt8].random(count: 1000, using: &random)
        for _ in 0..<100 {
            var masked: [UInt8] = []
            for var part in payload.randomChunks(using: &random) {
                part.withUnsafeMutableBytes { self.key.apply(to: $0, offset: masked.count) }
                masked += part
            }
            #expect(masked == RawFrame.naivelyMasked(payload, key: Self.bytes))
        }
    }

    @Test("An empty buffer without an address is left alone")
    func acceptsNoMemory() {
        self.key.apply(to: UnsafeMutableRawBufferPointer(start: nil, count: 0), offset: 3)
    }
}

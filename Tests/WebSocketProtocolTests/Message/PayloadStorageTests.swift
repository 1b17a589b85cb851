import TestSupport
import Testing
import WebSocketProtocol

@Suite("Payload storage")
struct PayloadStorageTests {
    @Test("What is appended is kept across growth and trimming", arguments: 0..<20 as Range<UInt64>)
    func keepsContent(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let storage = PayloadStorage(capacity: Int.random(in: 0...100, using: &random))
        var expected: [UInt8] = []
        for part in [UInt8].random(count: 3000, using: &random).randomChunks(using: &random) {
            let copied = part.withUnsafeBytes { Array(storage.append($0, key: nil)) }
            #expect(copied == part)
            expected += part
            if Int.random(in: 0..<10, using: &random) == 0 { storage.trim() }
            #expect(storage.count == expected.count)
            #expect(storage.capacity >= storage.count)
        }
        #expect(Array(storage.bytes) == expected, "seed \(seed)")
    }

    @Test("A masked part is kept unmasked, from its place in the payload on", arguments: 0..<9)
    func unmasks(offset: Int) {
        let payload = [UInt8](0..<100)
        let masked = RawFrame.naivelyMasked(payload, key: RawFrame.testKey, offset: offset)
        let key = MaskingKey(RawFrame.testKey[0], RawFrame.testKey[1], RawFrame.testKey[2], RawFrame.testKey[3])
        let storage = PayloadStorage(capacity: 0)
        [1, 2, 3].withUnsafeBytes { _ = storage.append($0, key: nil) }
        let before = Array(storage.bytes)
        let copied = masked.withUnsafeBytes { Array(storage.append($0, key: key, keyOffset: offset)) }
        #expect(copied == payload)
        #expect(Array(storage.bytes) == before + payload)
    }

    @Test("Storage that is less than half full is trimmed to its content")
    func trims() {
        let storage = PayloadStorage(capacity: 1000)
        [UInt8](repeating: 1, count: 400).withUnsafeBytes { _ = storage.append($0, key: nil) }
        storage.trim()
        #expect(storage.capacity == 400)
        storage.trim()
        #expect(storage.capacity == 400)
    }

    @Test("Reserving for what fits changes nothing, more at least doubles")
    func reserves() {
        let storage = PayloadStorage(capacity: 100)
        storage.reserve(100)
        #expect(storage.capacity == 100)
        storage.reserve(101)
        #expect(storage.capacity == 200)
        storage.reserve(1000)
        #expect(storage.capacity == 1000)
    }

    @Test("Growing byte by byte copies a few times, from any capacity on", arguments: [1, 16_385, 20_000, 32_767])
    func growsInFewSteps(capacity: Int) {
        let storage = PayloadStorage(capacity: capacity)
        var capacities: Set = [storage.capacity]
        for _ in 0..<100_000 {
            [UInt8(1)].withUnsafeBytes { _ = storage.append($0, key: nil) }
            capacities.insert(storage.capacity)
        }
        #expect(capacities.count <= (capacity == 1 ? 16 : 4))
    }

    @Test("Growth stops at the total that is known, but never below what is needed")
    func stopsAtTheTotal() {
        let storage = PayloadStorage(capacity: 100)
        storage.reserve(101, total: 130)
        #expect(storage.capacity == 130)
        storage.reserve(131, total: 1000)
        #expect(storage.capacity == 260)
        storage.reserve(400, total: 300)
        #expect(storage.capacity == 400)
    }
}

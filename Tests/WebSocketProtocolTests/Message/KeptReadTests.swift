import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("Reads that are kept without a copy")
struct KeptReadTests {
    /// The memory of a read; it overwrites its bytes when it is freed.
    private final class Memory {
        let bytes: UnsafeMutableRawBufferPointer

        init(_ content: [UInt8]) {
            self.bytes = .allocate(byteCount: content.count, alignment: 16)
            self.bytes.copyBytes(from: content)
        }

        deinit {
            // So that a later use of these bytes is noticed.
            self.bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
            self.bytes.deallocate()
        }
    }

    private static func message(_ character: String, _ count: Int, from sender: Role = .server) -> [UInt8] {
        RawFrame(.text, Array(String(repeating: character, count: count).utf8), from: sender).bytes
    }

    /// Gives all bytes of the memory to the reader, and releases the memory.
    private static func read(
        _ memory: consuming Memory,
        capacity: Int? = nil,
        with reader: inout MessageReader
    ) -> InboundBatch {
        var batch = InboundBatch()
        let bytes = UnsafeRawBufferPointer(memory.bytes)
        reader.receive(bytes, in: ReadMemory(owner: memory, capacity: capacity ?? bytes.count), into: &batch)
        batch.trim()
        return batch
    }

    private static func texts(_ batch: InboundBatch) -> [String] {
        (0..<batch.count).map { String(decoding: Array(batch[$0].bytes), as: UTF8.self) }
    }

    @Test("A read that is full of messages is kept, not copied, until its last message is released")
    func isKept() {
        weak var freed: Memory?
        var first: WebSocketMessage?
        var address: UnsafeRawPointer?
        do {
            var reader = MessageReader(role: .client)
            let memory = Memory(Self.message("a", 1000) + Self.message("b", 2000))
            freed = memory
            address = UnsafeRawPointer(memory.bytes.baseAddress)
            let batch = Self.read(memory, with: &reader)
            #expect(Self.texts(batch) == [String(repeating: "a", count: 1000), String(repeating: "b", count: 2000)])
            first = batch[0]
        }
        #expect(freed != nil)
        #expect(first?.bytes.withUnsafeBytes { $0.baseAddress } == address.map { $0 + 4 })
        #expect(first.map { Array($0.bytes) } == Array(repeating: UInt8(ascii: "a"), count: 1000))
        first = nil
        #expect(freed == nil)
    }

    @Test("A read that fills less than half is copied, so that a small message does not keep a large block")
    func isCopied() {
        weak var freed: Memory?
        var reader = MessageReader(role: .client)
        let content = Self.message("a", 100)
        let batch: InboundBatch
        do {
            let memory = Memory(content)
            freed = memory
            batch = Self.read(memory, capacity: 2 * content.count + 2, with: &reader)
        }
        #expect(freed == nil)
        #expect(Self.texts(batch) == [String(repeating: "a", count: 100)])
        #expect(batch.reservedBytes < 2 * content.count + 2)
    }

    @Test("A read with masked messages is copied, because its bytes must not be changed")
    func maskedIsCopied() {
        weak var freed: Memory?
        var reader = MessageReader(role: .server)
        let batch: InboundBatch
        do {
            let memory = Memory(Self.message("a", 1000, from: .client))
            freed = memory
            batch = Self.read(memory, with: &reader)
        }
        #expect(freed == nil)
        #expect(Self.texts(batch) == [String(repeating: "a", count: 1000)])
    }

    @Test("No message is lost around a control frame, or if the end of the read splits it")
    func severalRuns() {
        var reader = MessageReader(role: .client)
        let ping = RawFrame(.ping, [1, 2, 3]).bytes
        let cut = Self.message("d", 300)
        let content = Self.message("a", 1000) + ping + Self.message("b", 20) + ping + Self.message("c", 126)
        let batch = Self.read(Memory(content + cut.prefix(200)), with: &reader)
        #expect(
            Self.texts(batch) == [
                String(repeating: "a", count: 1000), String(repeating: "b", count: 20),
                String(repeating: "c", count: 126),
            ]
        )
        #expect(batch.controls.map(\.messagesBefore) == [1, 2])
        // The rest comes in a small read.
        let rest = reader.batch(Array(cut.dropFirst(200)))
        #expect(Self.texts(rest) == [String(repeating: "d", count: 300)])
    }

    @Test("Messages of a second read in the same batch are found, too")
    func secondReadOfABatch() {
        var reader = MessageReader(role: .client)
        var batch = InboundBatch()
        for character in ["a", "b", "c"] {
            let memory = Memory(Self.message(character, 500))
            let bytes = UnsafeRawBufferPointer(memory.bytes)
            reader.receive(bytes, in: ReadMemory(owner: memory, capacity: bytes.count), into: &batch)
        }
        #expect(Self.texts(batch) == ["a", "b", "c"].map { String(repeating: $0, count: 500) })
    }

    @Test("Invalid UTF-8 has the same effect in a kept read as in a copied one")
    func notUTF8() {
        var reader = MessageReader(role: .client)
        let bad = RawFrame(.text, Array(repeating: 0x61, count: 500) + [0xFF]).bytes
        let batch = Self.read(Memory(Self.message("a", 500) + bad + Self.message("b", 10)), with: &reader)
        #expect(Self.texts(batch) == [String(repeating: "a", count: 500)])
        #expect(batch.violation?.code == .invalidUTF8)
    }
}

@Suite("Memory of a message in progress", .serialized)
struct MessageInProgressTests {
    @Test("A free block may be eight times as large as the received bytes, a new block twice as large")
    func takesWhatIsKept() {
        let total = 1 << 20
        // So that a block is free; another test may take it, and then the lower limit applies.
        PayloadMemory.shared.give(PayloadMemory.shared.take(total))
        for received in [total / 16, total / 8] {
            let storage = PayloadStorage(capacity: received, total: total)
            #expect(storage.capacity >= received)
            #expect(storage.capacity <= (received < total / 8 ? 2 : 8) * received)
        }
    }

    @Test("A free block is taken for the whole message, and never a larger one")
    func takesAllAtOnce() {
        let memory = PayloadMemory()
        #expect(memory.takeKept(1 << 20) == nil)
        let block = memory.take(1 << 20)
        memory.give(block)
        #expect(memory.takeKept(1 << 19) == nil)
        #expect(memory.takeKept(1 << 20)?.baseAddress == block.baseAddress)
        memory.give(block)
    }
}

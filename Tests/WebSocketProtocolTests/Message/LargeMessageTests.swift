import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("Large messages that are held in the memory of the reads")
struct LargeMessageTests {
    /// Memory into which reads are added, one behind the other; it overwrites its bytes when it is freed.
    private final class Memory {
        let bytes: UnsafeMutableRawBufferPointer
        /// The start of the bytes that are given to the reader, and their end.
        var start = 0
        var end = 0

        init(capacity: Int) { self.bytes = .allocate(byteCount: capacity, alignment: 16) }

        deinit {
            // So that a later use of these bytes is noticed.
            self.bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
            self.bytes.deallocate()
        }

        /// Adds a read and gives it to the reader, behind the bytes that are held.
        func read(_ part: some Collection<UInt8>, with reader: inout MessageReader, into batch: inout InboundBatch) {
            UnsafeMutableRawBufferPointer(rebasing: self.bytes[self.end...]).copyBytes(from: part)
            self.end += part.count
            let memory = ReadMemory(owner: self, capacity: self.bytes.count, room: max(1, self.bytes.count - self.end))
            let given = UnsafeRawBufferPointer(rebasing: self.bytes[self.start..<self.end])
            reader.receive(given, in: memory, into: &batch)
            self.start = self.end - reader.heldBytes
        }
    }

    private static let size = 600_000
    /// Characters of one to four bytes, so that most cuts are inside of one.
    private static let text = Array(String(repeating: "aé漢😀", count: 60_000).utf8)

    private static func reader(deliversPieces: Bool = false) -> MessageReader {
        MessageReader(role: .client, deliversPieces: deliversPieces)
    }

    @Test(
        "A large message is delivered where it was read, wherever the reads cut it",
        arguments: [75_000, 75_001, 131_071, 300_000, 599_999],
        [1, 7, 40_003, 65_536, 600_000]
    )
    func isHeld(first: Int, rest: Int) {
        var reader = Self.reader()
        var batch = InboundBatch()
        let memory = Memory(capacity: 1 << 20)
        let frame = RawFrame(.text, Self.text)
        memory.read(frame.header + Self.text[..<first], with: &reader, into: &batch)
        let held = reader.heldBytes
        #expect(held == first && batch.isEmpty)
        var reads = 0
        while case let received = reader.heldBytes, received > 0 {
            // After some small reads one for the rest, because half a million reads would take long.
            let end = reads < 50 ? min(Self.size, received + rest) : Self.size
            memory.read(Self.text[received..<end], with: &reader, into: &batch)
            reads += 1
        }
        #expect(batch.count == 1 && batch.violation == nil)
        #expect(Array(batch[0].bytes) == Self.text)
        let place = UnsafeRawPointer(memory.bytes.baseAddress).map { $0 + frame.header.count }
        #expect(batch[0].bytes.withUnsafeBytes { $0.baseAddress } == place)
        let (isInside, traffic) = (reader.isInsideMessage, reader.takeTraffic())
        #expect(!isInside)
        // Bytes that are given several times are counted once.
        #expect(traffic.wireBytes == frame.bytes.count && traffic.frames == 1)
    }

    @Test("Its memory is free when its last message is released, and not before")
    func freesItsMemory() {
        weak var freed: Memory?
        var message: WebSocketMessage?
        do {
            var reader = Self.reader()
            var batch = InboundBatch()
            let memory = Memory(capacity: 1 << 20)
            freed = memory
            memory.read(RawFrame(.text, Self.text).header + Self.text[..<100_000], with: &reader, into: &batch)
            memory.read(Self.text[100_000...], with: &reader, into: &batch)
            message = batch.count == 1 ? batch[0] : nil
        }
        #expect(freed != nil)
        #expect(message.map { Array($0.bytes) } == Self.text)
        message = nil
        #expect(freed == nil)
    }

    @Test("What comes before it in the same read is copied, and a message behind it is found")
    func neighbours() {
        weak var freed: Memory?
        var reader = Self.reader()
        var first = InboundBatch()
        var second = InboundBatch()
        do {
            let memory = Memory(capacity: 1 << 20)
            freed = memory
            let small = RawFrame(.text, Array("before".utf8)).bytes + RawFrame(.ping, [1]).bytes
            let large = RawFrame(.text, Self.text)
            memory.read(small + large.header + Self.text[..<200_000], with: &reader, into: &first)
            let held = reader.heldBytes
            #expect(held == 200_000)
            let rest = Self.text[200_000...] + RawFrame(.pong, [2]).bytes + RawFrame(.text, Array("after".utf8)).bytes
            memory.read(rest, with: &reader, into: &second)
        }
        #expect(ReaderEvent.flatten(first) == [.text("before"), .control(.ping([1]))])
        #expect(ReaderEvent.flatten(second) == [.message(.text, Self.text), .control(.pong([2])), .text("after")])
        second = InboundBatch()
        #expect(freed == nil)
        #expect(ReaderEvent.flatten(first) == [.text("before"), .control(.ping([1]))])
    }

    /// Why a message is copied.
    enum Reason: CaseIterable {
        case isSmall, isTooMuch, hasTooLittle, fillsTooLittle, hasNoMemory, isFragment, isMasked, isCompressed, isPieces
    }

    @Test("Every other message is copied, so that its memory stays bounded", arguments: Reason.allCases)
    func isCopied(reason: Reason) {
        weak var freed: Memory?
        let deflate = NegotiatedDeflate.both(windowBits: 15, contextTakeover: true)
        var reader = MessageReader(
            role: reason == .isMasked ? .server : .client,
            deflate: reason == .isCompressed ? deflate : nil,
            deliversPieces: reason == .isPieces
        )
        var batch = InboundBatch()
        let size = reason == .isSmall ? LargeMessage.smallest - 1 : Self.size
        let frame = RawFrame(.binary, from: reason == .isMasked ? .client : .server).with {
            $0.announcedLength = UInt64(size)
            $0.isFinal = reason != .isFragment
            $0.reservedBits = reason == .isCompressed ? FrameHeader.compressionBit : 0
        }
        let first = [UInt8](repeating: 0, count: reason == .hasTooLittle ? Self.size / 8 - 1 : 100_000)
        do {
            // In the first case the rest does not fit, and twice the memory would be too large for the message.
            let capacity = reason == .isTooMuch ? Self.size + 1000 : reason == .fillsTooLittle ? 1 << 21 : 1 << 20
            let memory = Memory(capacity: capacity)
            freed = memory
            if reason == .hasNoMemory {
                (frame.header + first).withUnsafeBytes { reader.receive($0, into: &batch) }
            } else {
                let before = RawFrame(.pong, [UInt8](repeating: 0, count: 125)).bytes
                memory.read((0..<10).flatMap { _ in before } + frame.header + first, with: &reader, into: &batch)
            }
        }
        let held = reader.heldBytes
        #expect(held == 0 && freed == nil)
    }

    @Test("A message that was copied so far can be moved to where its rest is read", arguments: [1, 100_000, 599_999])
    func isMoved(first: Int) {
        var reader = Self.reader()
        var batch = reader.batch(RawFrame(.text, Self.text).header + Self.text[..<first])
        let message = reader.largeMessage
        #expect(message == LargeMessage(received: first, total: Self.size) && message?.left == Self.size - first)
        let memory = Memory(capacity: 1 << 20)
        reader.moveMessage(to: memory.bytes)
        memory.end = first
        let (held, reserved) = (reader.heldBytes, reader.reservedBytes)
        #expect(held == first && reserved <= 16)
        memory.read(Self.text[first...], with: &reader, into: &batch)
        #expect(ReaderEvent.flatten(batch) == [.message(.text, Self.text)])
        #expect(batch[0].bytes.withUnsafeBytes { $0.baseAddress } == UnsafeRawPointer(memory.bytes.baseAddress))
    }

    @Test("Memory of more than twice the message is not kept with it")
    func isCopiedOut() {
        weak var freed: Memory?
        var reader = Self.reader()
        var batch = reader.batch(RawFrame(.text, Self.text).header + Self.text[..<100_000])
        do {
            let memory = Memory(capacity: 1 << 21)
            freed = memory
            reader.moveMessage(to: memory.bytes)
            memory.end = 100_000
            memory.read(Self.text[100_000...], with: &reader, into: &batch)
        }
        #expect(freed == nil)
        #expect(ReaderEvent.flatten(batch) == [.message(.text, Self.text)])
        #expect(batch.reservedBytes < 2 * Self.size)
    }

    @Test("Invalid UTF-8 fails the connection in the read that shows it, and frees its memory", arguments: [1, 70_000])
    func invalidText(after: Int) {
        weak var freed: Memory?
        var reader = Self.reader()
        var batch = InboundBatch()
        var payload = [UInt8](repeating: 0x61, count: Self.size)
        payload[100_000 + after] = 0xFF
        do {
            let memory = Memory(capacity: 1 << 20)
            freed = memory
            memory.read(RawFrame(.text, payload).header + payload[..<100_000], with: &reader, into: &batch)
            #expect(batch.violation == nil)
            memory.read(payload[100_000...(100_000 + after)], with: &reader, into: &batch)
        }
        #expect(batch.violation?.code == .invalidUTF8 && batch.count == 0)
        let (held, hasEnded) = (reader.heldBytes, reader.hasEnded)
        #expect(held == 0 && hasEnded)
        #expect(freed == nil)
    }

    @Test("A text that ends inside of a character is not delivered")
    func cutText() {
        var reader = Self.reader()
        var batch = InboundBatch()
        let payload = [UInt8](repeating: 0x61, count: Self.size - 1) + [0xE2]
        let memory = Memory(capacity: 1 << 20)
        memory.read(RawFrame(.text, payload).header + payload[..<300_000], with: &reader, into: &batch)
        memory.read(payload[300_000...], with: &reader, into: &batch)
        #expect(batch.violation?.code == .invalidUTF8 && batch.count == 0)
    }
}

@Suite("Pieces of large messages", .serialized)
struct LargePiecesTests {
    @Test("A piece takes the memory that it fills, even if a block for the whole message is free")
    func isExact() {
        let total = 1 << 20
        // So that a block is free.
        PayloadMemory.shared.give(PayloadMemory.shared.take(total))
        var reader = MessageReader(role: .client, deliversPieces: true)
        let payload = [UInt8](repeating: 1, count: total)
        for chunk in RawFrame(.binary, payload).bytes.chunks(of: 200_000).dropLast() {
            let batch = reader.batch(chunk)
            #expect(batch.count == 1)
            #expect(batch.reservedBytes < 2 * 200_000)
            let reserved = reader.reservedBytes
            #expect(reserved <= 16)
        }
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@Suite("Inbound batch")
struct InboundBatchTests {
    @Test("A batch is empty until it holds a message, a control frame or a violation")
    func knowsWhenItIsEmpty() {
        var ready = InboundBatch()
        ready.expect(messages: 10, bytes: 1000)
        #expect(InboundBatch().isEmpty && ready.isEmpty)
        var reader = MessageReader(role: .client)
        #expect(reader.batch([0x81, 0x02, 0x61]).isEmpty)
        #expect(!reader.batch([0x62]).isEmpty)
        #expect(!reader.batch(RawFrame(.ping).bytes).isEmpty)
        #expect(!reader.batch([0xFF]).isEmpty)
    }

    @Test("Messages that came whole, in fragments and over reads stand in one order with their kinds and bytes")
    func holdsMessages() {
        let fragment = RawFrame(.text, [0x63]).with { $0.isFinal = false }
        let frames = [
            RawFrame(.text, [0x61]), fragment, RawFrame(.continuation, [0x64]), RawFrame(.binary, [1, 2, 3]), fragment,
            RawFrame(.continuation), RawFrame(.text), RawFrame(.binary),
        ]
        let bytes = frames.flatMap(\.bytes)
        for cut in bytes.indices {
            var reader = MessageReader(role: .client)
            var batch = InboundBatch()
            for part in [bytes[..<cut], bytes[cut...]] {
                Array(part).withUnsafeBytes { reader.receive($0, into: &batch) }
            }
            batch.trim()
            let expected: [WebSocketMessage] = [
                .init(text: "a"), .init(text: "cd"), .init(binary: [1, 2, 3]), .init(text: "c"), .init(text: ""),
                .init(binary: []),
            ]
            #expect(batch.count == 6)
            #expect(batch.byteCount == 7)
            #expect((0..<batch.count).map { batch[$0] } == expected, "cut at \(cut)")
        }
    }

    @Test("A message outlives its batch and the reader")
    func messagesOwnTheirBytes() {
        func messages() -> [WebSocketMessage] {
            var reader = MessageReader(role: .server)
            let bytes = (0..<100).flatMap { RawFrame(.text, Array("message \($0)".utf8), from: .client).bytes }
            let batch = reader.batch(bytes)
            return (0..<batch.count).map { batch[$0] }
        }
        let kept = messages()
        // Freed memory would be overwritten by these.
        for _ in 0..<100 { #expect(messages().count == 100) }
        #expect(kept.map(\.text) == (0..<100).map { "message \($0)" })
    }

    @Test(
        "A batch holds about the memory of its payloads, however little of the read they are",
        arguments: [0, 1, 100, 3000]
    )
    func isTrimmed(length: Int) {
        var reader = MessageReader(role: .client)
        let payload = [UInt8](repeating: 1, count: length)
        // The rest of the read belongs to an incomplete message.
        let rest = RawFrame(.binary, [UInt8](repeating: 2, count: 60_000)).with { $0.announcedLength = 70_000 }
        let batch = reader.batch(RawFrame(.binary, payload).bytes + rest.bytes)
        #expect(batch[0].bytes.storage.capacity <= max(16, 2 * length))
        #expect(Array(batch[0].bytes) == payload)
    }

    @Test("A message that was carried holds about its own memory")
    func trimsCarriedMessages() {
        var reader = MessageReader(role: .client)
        let first = RawFrame(.binary, [1]).with { $0.isFinal = false }.bytes
        let batch = reader.batch(
            first + RawFrame(.continuation, [2]).bytes + RawFrame(.binary, .init(repeating: 0, count: 9999)).bytes
        )
        #expect(batch[0].bytes.storage.capacity <= 16)
        #expect(batch[0].bytes == MessageBytes([1, 2]))
    }

    @Test("Messages that were used can be dropped from the front", arguments: 0...4)
    func dropsTheFirst(count: Int) {
        var reader = MessageReader(role: .client)
        let frames = [
            RawFrame(.text, [0x61]), RawFrame(.binary, [1, 2]).with { $0.isFinal = false },
            RawFrame(.continuation, [3]), RawFrame(.binary), RawFrame(.text, [0x62, 0x63]),
        ]
        var batch = reader.batch(frames.flatMap(\.bytes))
        let messages = (0..<4).map { batch[$0] }
        batch.removeFirst(count)
        #expect((0..<batch.count).map { batch[$0] } == Array(messages.dropFirst(count)))
        #expect(batch.byteCount == messages.dropFirst(count).reduce(0) { $0 + $1.bytes.count })
    }
}

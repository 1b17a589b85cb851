import TestSupport
import Testing
import WebSocketProtocol

@Suite("Message reader: text")
struct MessageReaderTextTests {
    private static let text = "Grüße, 世界 😀!"

    @Test("A code point may be cut by fragments", arguments: Role.allCases)
    func joinsCodePointsAcrossFragments(sender: Role) {
        let bytes = Array(Self.text.utf8)
        for cut in 0...bytes.count {
            let frames = [
                RawFrame(.text, Array(bytes[..<cut]), from: sender).with { $0.isFinal = false },
                RawFrame(.ping, from: sender),
                RawFrame(.continuation, Array(bytes[cut...]), from: sender),
            ]
            let events = ReaderEvent.read([frames.flatMap(\.bytes)], from: sender)
            #expect(events == [.control(.ping([])), .text(Self.text)], "cut at \(cut)")
        }
    }

    @Test("A code point may be cut by reads, at every byte", arguments: Role.allCases)
    func joinsCodePointsAcrossReads(sender: Role) {
        let bytes = RawFrame(.text, Array(Self.text.utf8), from: sender).bytes
        for cut in 0...bytes.count {
            let chunks = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(ReaderEvent.read(chunks, from: sender) == [.text(Self.text)], "cut at \(cut)")
        }
    }

    @Test("Each byte of a text may be a fragment of its own")
    func joinsSingleBytes() {
        let bytes = Array(Self.text.utf8)
        let frames = bytes.indices.map { index in
            RawFrame(index == 0 ? .text : .continuation, [bytes[index]]).with { $0.isFinal = index == bytes.count - 1 }
        }
        #expect(ReaderEvent.read([frames.flatMap(\.bytes)], from: .server) == [.text(Self.text)])
    }

    @Test(
        "A byte that can't be UTF-8 fails an unfinished frame at once",
        arguments: Role.allCases,
        [[0xFF], [0xC0], [0xE0, 0x80], [0xED, 0xA0], [0xF4, 0x90], [0xE2, 0x82, 0x28], [0x61, 0x80]] as [[UInt8]]
    )
    func failsFast(sender: Role, bad: [UInt8]) {
        let frame = RawFrame(.text, Array("κόσμε".utf8) + bad, from: sender).with { $0.announcedLength = 1000 }
        var reader = MessageReader(role: sender.peer)
        #expect(reader.events(frame.bytes.dropLast()).isEmpty)
        #expect(reader.events([frame.bytes.last ?? 0]) == [.violation(.invalidUTF8)])
        #expect(reader.hasEnded == true)
    }

    @Test("A text that ends inside a code point is refused at its end, not before", arguments: Role.allCases)
    func refusesACutCodePoint(sender: Role) {
        let fragment = RawFrame(.text, [0xF0, 0x9F, 0x98], from: sender).with { $0.isFinal = false }
        var reader = MessageReader(role: sender.peer)
        #expect(reader.events(fragment.bytes).isEmpty)
        #expect(reader.events(RawFrame(.continuation, from: sender).bytes) == [.violation(.invalidUTF8)])
        #expect(
            ReaderEvent.read([RawFrame(.text, [0xC3], from: sender).bytes], from: sender) == [.violation(.invalidUTF8)]
        )
    }

    @Test("Each text begins anew: what one left open does not matter to the next, and binary is never checked")
    func validatesEachMessageAlone() {
        let frames = [
            RawFrame(.binary, [0xFF, 0xC3]), RawFrame(.text, [0x61]),
            RawFrame(.binary, [0xE2]).with { $0.isFinal = false }, RawFrame(.continuation, [0x82]),
            RawFrame(.text, [0x62]),
        ]
        let events: [ReaderEvent] = [
            .message(.binary, [0xFF, 0xC3]), .text("a"), .message(.binary, [0xE2, 0x82]), .text("b"),
        ]
        let bytes = frames.flatMap(\.bytes)
        #expect(ReaderEvent.read([bytes], from: .server) == events)
        #expect(ReaderEvent.read(bytes.chunks(of: 1), from: .server) == events)
    }

    @Test("A refused text is not delivered, and its bytes are not counted")
    func takesBackARefusedText() {
        var reader = MessageReader(role: .client)
        let batch = reader.batch(RawFrame(.text, [0x61]).bytes + RawFrame(.text, [0x62, 0xFF]).bytes)
        #expect(batch.count == 1)
        #expect(batch.byteCount == 1)
        #expect(batch.violation?.code == .invalidUTF8)
    }
}

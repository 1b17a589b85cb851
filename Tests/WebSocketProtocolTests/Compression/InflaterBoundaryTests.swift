import TestSupport
import Testing
import WebSocketProtocol

/// Cases that the fuzzer has found: at the end of a compressed message, and at the end of its memory.
@Suite("Inflater: the end of a message")
struct InflaterBoundaryTests {
    private static let deflate: NegotiatedDeflate = {
        let direction = NegotiatedDeflate.Direction(windowBits: 15, contextTakeover: true)
        return NegotiatedDeflate(own: direction, peer: direction)
    }()

    /// The events of a client for compressed messages; each message is given as the payloads of its frames.
    private static func read(_ messages: [[[UInt8]]]) -> [ReaderEvent] {
        var reader = MessageReader(role: .client, deflate: self.deflate)
        let bytes = messages.flatMap { fragments in
            fragments.indices.flatMap { index in
                RawFrame(index == 0 ? .text : .continuation, fragments[index], from: .server).with {
                    $0.reservedBits = index == 0 ? FrameHeader.compressionBit : 0
                    $0.isFinal = index == fragments.count - 1
                }.bytes
            }
        }
        return reader.events(bytes)
    }

    @Test("A message of any size is read, that of the memory for it included", arguments: [1, 2])
    func fillsMemory(frames: Int) {
        var compressor = Deflater(PermessageDeflate(), Self.deflate.own)
        for count in Array(0...1_100) + [2_047, 2_048, 4_096, 8_192, 65_536] {
            let text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
            let payload = text.withUnsafeBytes { compressor.deflate($0, endsMessage: true).map(Array.init) } ?? []
            // A new context, because the reader is new too.
            compressor = Deflater(PermessageDeflate(), Self.deflate.own)
            let half = frames == 1 ? payload.count : payload.count / 2
            let fragments = [Array(payload[..<half]), Array(payload[half...])].prefix(frames)
            let events = Self.read([Array(fragments)])
            if events != [.message(.text, text)] { Issue.record("\(count) bytes: \(events)") }
        }
    }

    @Test("A last block may be one whose lengths are the tail")
    func endsWithLastBlock() {
        // A stored "a", then an empty stored block, marked as the last, without its lengths 00 00 FF FF.
        let payload: [UInt8] = [0x00, 0x01, 0x00, 0xFE, 0xFF, 0x61, 0x01]
        #expect(Self.read([[payload]]) == [.text("a")])
        #expect(Self.read([[payload], [payload]]) == [.text("a"), .text("a")])
    }

    @Test("Nothing needs to follow a block that is marked as the last one, not even the byte of RFC 7692 §7.2.3.4")
    func endsBehindLastBlock() {
        let payload: [UInt8] = [0x01, 0x01, 0x00, 0xFE, 0xFF, 0x61]
        for fragments in [[payload], [payload, []], [Array(payload.prefix(3)), Array(payload.dropFirst(3)), []]] {
            #expect(Self.read([fragments, [payload + [0x00]]]) == [.text("a"), .text("a")])
        }
    }
}

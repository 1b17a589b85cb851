import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("permessage-deflate: room for what comes out")
struct InflaterRoomTests {
    /// Room grows in powers of two: at these sizes it is full when the message ends, and zlib must be asked once more.
    @Test(
        "A message that exactly fills the room made for it is read",
        arguments: (5...16).map { 1 << $0 },
        [1, 64, .max]
    )
    func fillsTheRoom(size: Int, chunk: Int) throws {
        let deflate = NegotiatedDeflate.both(windowBits: 15, contextTakeover: true)
        let text = (0..<size).map { UInt8(ascii: "a") + UInt8($0 % 23) }
        let deflater = Deflater(PermessageDeflate(), deflate.own)
        // What it gives is its own memory.
        let payload = withExtendedLifetime(deflater) {
            text.withUnsafeBytes { deflater.deflate($0, endsMessage: true).map { Array($0) } }
        }
        let frame = RawFrame(.text, try #require(payload), from: .server).with { $0.reservedBits = 0x40 }
        let events = ReaderEvent.read(
            frame.bytes.chunks(of: chunk),
            from: .server,
            limits: MessageLimits(),
            deflate: deflate
        )
        #expect(events == [.text(String(decoding: text, as: UTF8.self))])
    }
}

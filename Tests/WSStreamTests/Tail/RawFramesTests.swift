import Testing
import WebSocketProtocol

@testable import wsstream

@Suite("The messages behind the events")
struct RawFramesTests {
    @Test("They come in order, over batches, and are used up")
    func keepsOrder() throws {
        let frames = RawFrames()
        #expect(frames.next() == nil)
        frames.append(try Self.batch(["a", "b"]))
        frames.append(MessageBatch(InboundBatch()))
        frames.append(try Self.batch(["c"]))
        #expect((0..<3).map { _ in frames.next()?.text } == ["a", "b", "c"])
        #expect(frames.next() == nil)
        frames.append(try Self.batch(["d"]))
        #expect(frames.next()?.text == "d")
        #expect(frames.next() == nil)
    }

    /// The batch that the reader makes of these text frames.
    private static func batch(_ texts: [String]) throws -> MessageBatch {
        var reader = MessageReader(role: .client)
        let bytes = texts.flatMap { text -> [UInt8] in [0x81, UInt8(text.utf8.count)] + text.utf8 }
        var batch = InboundBatch()
        bytes.withUnsafeBytes { reader.receive($0, into: &batch) }
        try #require(batch.count == texts.count)
        return MessageBatch(batch)
    }
}

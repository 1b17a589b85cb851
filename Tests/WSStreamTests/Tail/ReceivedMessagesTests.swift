import Testing
import WebSocketProtocol

@testable import wsstream

@Suite("The messages behind the events")
struct ReceivedMessagesTests {
    @Test("They come in order, over batches, and are used up")
    func keepsOrder() throws {
        let messages = ReceivedMessages()
        #expect(messages.next() == nil)
        messages.append(try Self.batch(["a", "b"]))
        messages.append(MessageBatch(InboundBatch()))
        messages.append(try Self.batch(["c"]))
        #expect((0..<3).map { _ in messages.next()?.text } == ["a", "b", "c"])
        #expect(messages.next() == nil)
        messages.append(try Self.batch(["d"]))
        #expect(messages.next()?.text == "d")
        #expect(messages.next() == nil)
    }

    /// The batch that the reader makes of these text messages.
    private static func batch(_ texts: [String]) throws -> MessageBatch {
        var reader = MessageReader(role: .client)
        let bytes = texts.flatMap { text -> [UInt8] in [0x81, UInt8(text.utf8.count)] + text.utf8 }
        var batch = InboundBatch()
        bytes.withUnsafeBytes { reader.receive($0, into: &batch) }
        try #require(batch.count == texts.count)
        return MessageBatch(batch)
    }
}

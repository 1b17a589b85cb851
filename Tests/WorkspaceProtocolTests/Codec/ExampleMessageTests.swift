import Testing
import WorkspaceProtocol

@Suite("The protocol's examples") struct ExampleMessageTests {
    private let decoder = WorkspaceEventDecoder()
    private let encoder = WorkspaceEventEncoder()

    @Test("Each example decodes to exactly its value", arguments: ExampleMessage.allCases)
    func decodes(example: ExampleMessage) {
        #expect(self.decoder.decode(example.bytes) == example.event)
    }

    @Test("Each value encodes to exactly its example", arguments: ExampleMessage.allCases)
    func encodes(example: ExampleMessage) {
        #expect(String(decoding: self.encoder.encode(example.event), as: UTF8.self) == example.text)
    }

    @Test("The newline that Go writes after a message is not an error", arguments: ExampleMessage.allCases)
    func acceptsNewline(example: ExampleMessage) {
        #expect(self.decoder.decode(example.bytes + [UInt8(ascii: "\n")]) == example.event)
    }

    @Test("An example cut short anywhere is malformed, and keeps its bytes", arguments: ExampleMessage.allCases)
    func rejectsTruncation(example: ExampleMessage) {
        for count in 0..<example.bytes.count {
            let frame = [UInt8](example.bytes[..<count])
            guard case .malformed(let message) = self.decoder.decode(frame).content else {
                Issue.record("The first \(count) bytes were accepted.")
                continue
            }
            #expect(message.rawBytes == frame)
            #expect((0...count).contains(message.error.offset))
        }
    }

    @Test("An example whose members come in any order decodes to the same value", arguments: ExampleMessage.allCases)
    func acceptsTypeLast(example: ExampleMessage) throws {
        // `{"type":"…","timestamp":…` becomes `{"timestamp":…,"type":"…"`.
        let head = "{\"type\":\"\(example.event.type)\","
        try #require(example.text.hasPrefix(head))
        let members = example.text.dropFirst(head.count).dropLast()
        #expect(WorkspaceEvent(frame: "{\(members),\"type\":\"\(example.event.type)\"}") == example.event)
    }

    @Test("The envelope is that of the event", arguments: ExampleMessage.allCases)
    func readsEnvelope(example: ExampleMessage) throws {
        let envelope = try self.decoder.envelope(of: example.bytes)
        #expect(envelope == WorkspaceEnvelope(type: example.event.type, timestamp: example.event.timestamp))
    }
}

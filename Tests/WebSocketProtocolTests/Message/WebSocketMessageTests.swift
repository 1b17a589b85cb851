import TestSupport
import Testing
import WebSocketProtocol

@Suite("WebSocket message")
struct WebSocketMessageTests {
    @Test("A text message gives its text back", arguments: ["", "plain", "Grüße, 世界 😀", "a\0b", "e\u{301}"])
    func hasText(text: String) {
        let message = WebSocketMessage(text: text)
        #expect(message.kind == .text)
        #expect(message.text?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        #expect(Array(message.bytes) == Array(text.utf8))
    }

    @Test("A binary message has no text, even if its bytes are UTF-8")
    func binaryHasNoText() {
        let message = WebSocketMessage(binary: "text".utf8)
        #expect(message.kind == .binary)
        #expect(message.text == nil)
        #expect(message != WebSocketMessage(text: "text"))
    }

    @Test("A received text is the text that was sent", arguments: Role.allCases)
    func decodesReceivedText(sender: Role) {
        var reader = MessageReader(role: sender.peer)
        let text = String(repeating: "漢字 and words ", count: 50)
        let frame = RawFrame(.text, Array(text.utf8), from: sender).bytes
        let batch = reader.batch(frame + frame)
        #expect(batch[1].text == text)
        #expect(batch[1] == WebSocketMessage(text: text))
    }
}

import WebSocketProtocol
import WorkspaceProtocol

extension WorkspaceEventDecoder {
    /// Decodes one message of the stream; agentctl sends text, and a binary message is decoded like text.
    func decode(_ message: WebSocketMessage) -> WorkspaceEvent {
        message.withUTF8Span { self.decode($0) } ?? message.bytes.withUnsafeBytes { self.decode($0) }
    }
}

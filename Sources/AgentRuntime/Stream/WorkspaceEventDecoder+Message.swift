import WebSocketProtocol
import WorkspaceProtocol

extension WorkspaceEventDecoder {
    /// Reads one message of the stream; agentctl sends text, and a binary one is read as if it were.
    func decode(_ message: WebSocketMessage) -> WorkspaceEvent {
        message.withUTF8Span { self.decode($0) } ?? message.bytes.withUnsafeBytes { self.decode($0) }
    }
}

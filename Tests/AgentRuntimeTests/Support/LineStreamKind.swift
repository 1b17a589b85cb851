import WebSocketProtocol
import WebSocketTransport

@testable import AgentRuntime

/// A kind of stream for tests: it sends and receives lines of text, with its own path and codec.
///
/// A kind needs nothing more. The client has the slot, dial, reader, writer, queues, statistics and close barrier.
struct LineStreamKind: StreamKind {
    typealias Sink = EventQueue<String>

    let slot = StreamSlot.Name(rawValue: "lines")
    let path = "/api/v1/lines"
    let query: String? = "from=7"

    func decode(_ message: WebSocketMessage) -> String { message.text ?? "" }
    func encode(_ line: String) -> WebSocketMessage { WebSocketMessage(text: line) }
}

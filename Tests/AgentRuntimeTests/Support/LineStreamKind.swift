import WebSocketProtocol
import WebSocketTransport

@testable import AgentRuntime

/// A kind of stream that only the tests have: lines of text in and out, elsewhere on the runtime, and another codec.
///
/// This is all that a kind needs; slot, dial, reader, writer, queues, statistics and the close barrier are the client's.
struct LineStreamKind: StreamKind {
    typealias Sink = EventQueue<String>

    let slot = StreamSlot.Name(rawValue: "lines")
    let path = "/api/v1/lines"
    let query: String? = "from=7"

    func decode(_ message: WebSocketMessage) -> String { message.text ?? "" }
    func encode(_ line: String) -> WebSocketMessage { WebSocketMessage(text: line) }
}

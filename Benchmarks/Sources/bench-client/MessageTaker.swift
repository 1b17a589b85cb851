import BenchSupport
import WebSocketProtocol
import WorkspaceProtocol

/// The work on each message.
protocol MessageTaker: Sendable {
    func take(_ message: WebSocketMessage) throws
}

/// Only takes the message.
struct RawTaker: MessageTaker {
    func take(_ message: WebSocketMessage) {}
}

/// Makes an event of the message, with every field.
struct EventTaker: MessageTaker {
    private let decoder = WorkspaceEventDecoder()

    func take(_ message: WebSocketMessage) throws {
        // The connection has checked that text is UTF-8, so the decoder does not check it again.
        guard let event = message.withUTF8Span({ self.decoder.decode($0) }) else { throw BenchFailure("binary") }
        if case .malformed(let message) = event.content { throw BenchFailure("malformed: \(message.error)") }
    }
}

/// Makes an event of the agent stream of the message, with every field.
struct AgentEventTaker: MessageTaker {
    private let decoder = AgentStreamDecoder()

    func take(_ message: WebSocketMessage) throws {
        guard let decoded = message.withUTF8Span({ self.decoder.decode($0) }) else { throw BenchFailure("binary") }
        guard case .event(let event) = decoded else { throw BenchFailure("not an event") }
        switch event.content {
        case .messageChunk, .toolUpdate: return
        case .malformed(let message): throw BenchFailure("malformed: \(message.error)")
        default: throw BenchFailure("another type than those of the corpus")
        }
    }
}

/// Reads type and time of the event, and leaves the rest for later.
struct EnvelopeTaker: MessageTaker {
    private let decoder = WorkspaceEventDecoder()

    func take(_ message: WebSocketMessage) throws {
        let envelope = try message.bytes.withUnsafeBytes { try self.decoder.envelope(of: $0.bytes) }
        if envelope.timestamp == nil { throw BenchFailure("an event without a timestamp") }
    }
}

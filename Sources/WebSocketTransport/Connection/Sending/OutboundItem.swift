import WebSocketProtocol

/// An item that a sender gives to the queue.
enum OutboundItem: Sendable {
    /// A whole message.
    case message(WebSocketMessage, MessageCompression)
    /// A whole message, with a compressed form that many connections share.
    case prepared(WebSocketMessage, deflated: MessageBytes)
    /// Nothing: its sender only waits until it could queue a message.
    case room
    /// The right to send a message in parts: no other message comes between them.
    case turn
    /// The next part of the message that has this right.
    case part(WebSocketMessage, MessageWriter.Place, MessageCompression)

    /// Whether this belongs to a message that has begun.
    var isPart: Bool {
        switch self {
        case .part: true
        case .message, .prepared, .room, .turn: false
        }
    }

    /// The payload bytes before compression.
    var byteCount: Int {
        switch self {
        case .message(let message, _), .prepared(let message, _), .part(let message, _, _): message.bytes.count
        case .room, .turn: 0
        }
    }
}

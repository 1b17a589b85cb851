import WebSocketProtocol
import WorkspaceProtocol

/// Writes events in one of the formats.
enum EventRenderer: Sendable {
    /// For people.
    case pretty(PrettyRenderer)
    /// One JSON object per line: the message as it was received.
    case json(JSONRenderer)
    /// The received bytes; a line break is added after a message that does not end with one.
    ///
    /// It escapes nothing and keeps line breaks inside of a message. So it is for pipes and files, not for terminals.
    case raw

    /// Whether it needs the received message of an event.
    var needsMessages: Bool { if case .pretty = self { false } else { true } }

    /// Appends one event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - message: The received message; nil unless ``needsMessages``.
    ///   - bytes: The bytes to append to.
    func render(_ event: WorkspaceEvent, message: WebSocketMessage?, into bytes: inout [UInt8]) {
        switch self {
        case .pretty(let renderer): renderer.render(event, into: &bytes)
        case .json(let renderer): renderer.render(event, message: message, into: &bytes)
        case .raw:
            guard let message else { return }
            message.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) }
            if message.bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        }
    }
}

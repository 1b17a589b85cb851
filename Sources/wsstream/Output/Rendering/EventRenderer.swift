import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

/// Writes events in one of the formats.
enum EventRenderer: Sendable {
    /// For people.
    case pretty(PrettyRenderer)
    /// One JSON object per line: the message as it was received.
    case json(JSONRenderer)
    /// The received bytes; a line break is added after a message that does not end with one. What did not come in a
    /// message is written as by `json`.
    ///
    /// It escapes nothing and keeps line breaks inside of a message. So it is for pipes and files, not for terminals.
    case raw

    /// Whether it needs the received messages of events.
    var needsMessages: Bool { if case .pretty = self { false } else { true } }

    /// Appends one event of one stream.
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
            Self.endLine(in: &bytes, isEmpty: message.bytes.isEmpty)
        }
    }

    /// Appends one event of a followed workspace.
    ///
    /// - Parameters:
    ///   - event: The event; if ``needsMessages``, with the received message in it.
    ///   - source: From which answer it was recovered; nil if it came on the wire.
    ///   - bytes: The bytes to append to.
    func render(_ event: WorkspaceEvent, recoveredBy source: RecoverySource?, into bytes: inout [UInt8]) {
        switch self {
        case .pretty(let renderer): renderer.render(event, isRecovered: source != nil, into: &bytes)
        case .json(let renderer): renderer.render(event, recoveredBy: source, into: &bytes)
        case .raw:
            // What was recovered has no message.
            guard source == nil else { return JSONRenderer().render(event, recoveredBy: source, into: &bytes) }
            let message = event.rawBytes ?? WorkspaceEventEncoder().encode(event)
            bytes.append(contentsOf: message)
            Self.endLine(in: &bytes, isEmpty: message.isEmpty)
        }
    }

    /// Appends the line of a gap.
    func render(_ gap: Gap, into bytes: inout [UInt8]) {
        switch self {
        case .pretty(let renderer): renderer.render(gap, into: &bytes)
        case .json, .raw: GapJSON.append(gap, to: &bytes)
        }
    }

    private static func endLine(in bytes: inout [UInt8], isEmpty: Bool) {
        if isEmpty || bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    }
}

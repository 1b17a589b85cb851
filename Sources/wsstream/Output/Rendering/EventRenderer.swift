import WebSocketProtocol
import WorkspaceProtocol

/// Writes events in the format that was asked for.
enum EventRenderer: Sendable {
    /// For people.
    case pretty(PrettyRenderer)
    /// One JSON object a line: the message as it came.
    case json(JSONRenderer)
    /// The received bytes, with a line break behind a frame that does not end with one.
    ///
    /// Nothing is escaped and line breaks inside a frame are kept: for pipes and files, not for terminals.
    case raw

    /// Whether the frame is needed that an event came in.
    var needsFrames: Bool { if case .pretty = self { false } else { true } }

    /// Appends one event.
    ///
    /// - Parameters:
    ///   - event: What came.
    ///   - frame: The message it came in; nil unless ``needsFrames``.
    ///   - bytes: Where to append.
    func render(_ event: WorkspaceEvent, frame: WebSocketMessage?, into bytes: inout [UInt8]) {
        switch self {
        case .pretty(let renderer): renderer.render(event, into: &bytes)
        case .json(let renderer): renderer.render(event, frame: frame, into: &bytes)
        case .raw:
            guard let frame else { return }
            frame.bytes.withUnsafeBytes { bytes.append(contentsOf: $0) }
            if frame.bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        }
    }
}

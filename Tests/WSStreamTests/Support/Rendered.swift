import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

/// The rendered text of an event.
func pretty(_ event: WorkspaceEvent, isColored: Bool = false) -> String {
    // The clock is ninety minutes east of UTC.
    let renderer = PrettyRenderer(isColored: isColored, clock: LocalClock { _ in 5400 })
    var bytes: [UInt8] = []
    renderer.render(event, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// The description in a pretty line, after time, type and repository.
func words(_ content: WorkspaceEvent.Content) -> String {
    let line = pretty(WorkspaceEvent(content, timestamp: 0))
    return String(line.dropFirst(PrettyRenderer.indentation).dropLast())
}

/// The JSON line of a frame.
func json(ofFrame frame: String) -> String { json(ofFrame: Array(frame.utf8)) }

/// The JSON line of a frame.
func json(ofFrame frame: [UInt8]) -> String {
    var bytes: [UInt8] = []
    let text = String(validating: frame, as: UTF8.self)
    let message = text.map { WebSocketMessage(text: $0) } ?? WebSocketMessage(binary: frame)
    JSONRenderer().render(WorkspaceEventDecoder().decode(frame), message: message, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

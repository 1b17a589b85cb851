import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// The workspace stream: it receives the events of one workspace, and sends commands.
struct WorkspaceStreamKind: StreamKind {
    typealias Sink = EventQueue<WorkspaceEvent>

    /// Whether messages are decoded; if not, every event is `connected` without a timestamp.
    let decodesEvents: Bool

    var slot: StreamSlot.Name { .workspace }
    var path: String { AgentctlAPI.workspaceStreamPath }

    func decode(_ message: WebSocketMessage) -> WorkspaceEvent {
        guard self.decodesEvents else { return WorkspaceEvent(.connected, timestamp: nil) }
        return WorkspaceEventDecoder().decode(message)
    }

    func encode(_ command: WorkspaceCommand) -> WebSocketMessage {
        WebSocketMessage(utf8Text: WorkspaceEventEncoder().encode(command, timestamp: UnixClock.milliseconds()))
    }

    func isPong(_ event: WorkspaceEvent) -> Bool { if case .pong = event.content { true } else { false } }

    func count(_ event: WorkspaceEvent, in statistics: inout StreamStatistics) {
        switch event.content {
        case .unknown: statistics.unknown += 1
        case .malformed: statistics.malformed += 1
        case .missingPayload: statistics.missingPayload += 1
        default: break
        }
    }
}

extension StreamSlot.Name {
    static let workspace = Self(rawValue: "workspace")
}

extension WorkspaceEventDecoder {
    /// Decodes one message of the stream; agentctl sends text, and a binary message is decoded like text.
    func decode(_ message: WebSocketMessage) -> WorkspaceEvent {
        message.withUTF8Span { self.decode($0) } ?? message.bytes.withUnsafeBytes { self.decode($0) }
    }
}

import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// The workspace stream: it receives the events of one workspace, and sends commands.
struct WorkspaceStreamKind: StreamKind {
    typealias Sink = WorkspaceEventSink

    /// Whether messages are decoded; if not, every event is `connected` without a timestamp.
    let decodesEvents: Bool
    /// Whether every event keeps its frame.
    let keepsFrames: Bool
    /// Takes the events in place of the queue of the stream; nil for a stream that nobody follows.
    let receiver: (any WorkspaceEventReceiver)?

    init(_ configuration: AgentRuntimeConfiguration, receiver: (any WorkspaceEventReceiver)? = nil) {
        (self.decodesEvents, self.keepsFrames) = (configuration.decodesEvents, configuration.keepsFrames)
        self.receiver = receiver
    }

    var slot: StreamSlot.Name { .workspace }
    var path: String { AgentctlAPI.workspaceStreamPath }

    func makeSink(_ configuration: AgentRuntimeConfiguration) -> WorkspaceEventSink {
        let queue = EventQueue<WorkspaceEvent>(
            maximumEvents: configuration.maximumQueuedEvents,
            maximumBytes: configuration.maximumQueuedBytes,
            receiveQueue: configuration.connection.receiveQueue
        )
        return WorkspaceEventSink(queue, receiver: self.receiver)
    }

    func decode(_ message: WebSocketMessage) -> WorkspaceEvent {
        guard self.decodesEvents else { return WorkspaceEvent(.connected, timestamp: nil) }
        return WorkspaceEventDecoder(keepsFrames: self.keepsFrames).decode(message)
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

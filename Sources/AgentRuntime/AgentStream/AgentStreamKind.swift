import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// The agent stream: events of the agent in, requests out, and answers in both directions.
struct AgentStreamKind: StreamKind {
    typealias Event = AgentStreamMessage
    typealias Command = [UInt8]
    typealias Sink = AgentEventSink

    let settings: AgentStreamConfiguration
    let exchange: AgentExchange
    let responder: AgentResponder
    let initialization: AgentInitialization

    init(_ settings: AgentStreamConfiguration, timers: any RuntimeTimers, initialization: AgentInitialization) {
        self.settings = settings
        self.initialization = initialization
        self.exchange = AgentExchange(capacity: settings.maximumPendingRequests, timers: timers)
        self.responder = AgentResponder(settings)
    }

    var slot: StreamSlot.Name { .agent }
    var path: String { AgentctlAPI.agentStreamPath }

    func makeSink(_ configuration: AgentRuntimeConfiguration) -> AgentEventSink {
        AgentEventSink(
            self.settings,
            configuration,
            exchange: self.exchange,
            responder: self.responder,
            initialization: self.initialization
        )
    }

    func attach(_ commands: CommandQueue<[UInt8]>) {
        self.exchange.attach(commands)
        self.responder.attach(commands)
    }

    func decode(_ message: WebSocketMessage) -> AgentStreamMessage {
        let decoder = AgentStreamDecoder()
        return message.withUTF8Span { decoder.decode($0) } ?? message.bytes.withUnsafeBytes { decoder.decode($0) }
    }

    func encode(_ frame: [UInt8]) -> WebSocketMessage { WebSocketMessage(utf8Text: frame) }

    func count(_ message: AgentStreamMessage, in statistics: inout StreamStatistics) {
        guard case .event(let event) = message else { return }
        switch event.content {
        case .unknown: statistics.unknown += 1
        case .malformed: statistics.malformed += 1
        default: break
        }
    }
}

extension StreamSlot.Name {
    static let agent = Self(rawValue: "agent")
}

import CoreMetrics
import WebSocketTransport

/// The metrics of all connections of one role.
struct ConnectionMetrics: Sendable {
    private let role: (String, String)
    private let factory: any MetricsFactory
    private let opened: Counter
    private let open: Meter
    private let received: TrafficMetrics
    private let sent: TrafficMetrics
    private let sendQueueBytes: Recorder
    private let receiveQueueBytes: Recorder
    private let receiveQueueMessages: Recorder
    private let sendsBlocked: Counter
    private let readingPaused: Counter
    private let pingLatency: Timer
    private let keepaliveTimeouts: Counter

    init(role: String, factory: any MetricsFactory) {
        let dimensions = [("role", role)]
        func counter(_ label: String) -> Counter { Counter(label: label, dimensions: dimensions, factory: factory) }
        func recorder(_ label: String) -> Recorder {
            Recorder(label: label, dimensions: dimensions, aggregate: true, factory: factory)
        }
        self.role = ("role", role)
        self.factory = factory
        self.opened = counter("websocket_connections_opened_total")
        self.open = Meter(label: "websocket_connections_open", dimensions: dimensions, factory: factory)
        self.received = TrafficMetrics(role: role, direction: "received", factory: factory)
        self.sent = TrafficMetrics(role: role, direction: "sent", factory: factory)
        self.sendQueueBytes = recorder("websocket_send_queue_bytes")
        self.receiveQueueBytes = recorder("websocket_receive_queue_bytes")
        self.receiveQueueMessages = recorder("websocket_receive_queue_messages")
        self.sendsBlocked = counter("websocket_sends_blocked_total")
        self.readingPaused = counter("websocket_reading_paused_total")
        self.pingLatency = Timer(
            label: "websocket_ping_latency_seconds",
            dimensions: dimensions,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        self.keepaliveTimeouts = counter("websocket_keepalive_timeouts_total")
    }

    func record(_ event: ConnectionEvent.Kind) {
        switch event {
        case .opened:
            self.opened.increment()
            self.open.increment()
        case .received(let traffic, let queue):
            self.received.count(traffic)
            self.record(queue)
        case .sent(let traffic, let queuedBytes):
            self.sent.count(traffic)
            self.sendQueueBytes.record(queuedBytes)
        case .sendBlocked(let queuedBytes):
            self.sendsBlocked.increment()
            self.sendQueueBytes.record(queuedBytes)
        case .readingPaused(let queue):
            self.readingPaused.increment()
            self.record(queue)
        case .readingResumed(let queue): self.record(queue)
        case .pongReceived(let roundTrip): self.pingLatency.recordNanoseconds(Self.nanoseconds(roundTrip))
        case .keepaliveTimedOut: self.keepaliveTimeouts.increment()
        case .closed(let closure, let statistics): self.closed(closure, statistics)
        }
    }

    private func record(_ queue: ConnectionEvent.QueueDepth) {
        self.receiveQueueBytes.record(queue.bytes)
        self.receiveQueueMessages.record(queue.messages)
    }

    private func closed(_ closure: WebSocketClosure, _ statistics: ConnectionStatistics) {
        self.open.decrement()
        self.received.recordRatio(of: statistics.received)
        self.sent.recordRatio(of: statistics.sent)
        // There are few causes: the cases of a closure, and the codes of WebSocketError.
        Counter(
            label: "websocket_connections_closed_total",
            dimensions: [self.role, ("cause", closure.cause.name)],
            factory: self.factory
        ).increment()
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000
    }
}

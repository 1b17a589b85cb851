import CoreMetrics
import WebSocketProtocol

/// The metrics of one direction, for all connections of one role.
struct TrafficMetrics: Sendable {
    private let frames: Counter
    private let messages: Counter
    private let wireBytes: Counter
    private let payloadBytes: Counter
    private let compressedBytes: Counter
    private let inflatedBytes: Counter
    private let compressionRatio: Recorder

    init(role: String, direction: String, factory: any MetricsFactory) {
        func counter(_ what: String) -> Counter {
            Counter(label: "websocket_\(what)_\(direction)_total", dimensions: [("role", role)], factory: factory)
        }
        self.frames = counter("frames")
        self.messages = counter("messages")
        self.wireBytes = counter("wire_bytes")
        self.payloadBytes = counter("payload_bytes")
        self.compressedBytes = counter("compressed_bytes")
        self.inflatedBytes = counter("inflated_bytes")
        self.compressionRatio = Recorder(
            label: "websocket_compression_ratio_\(direction)",
            dimensions: [("role", role)],
            aggregate: true,
            factory: factory
        )
    }

    func count(_ traffic: WebSocketTraffic) {
        self.wireBytes.increment(by: traffic.wireBytes)
        guard traffic.frames > 0 || traffic.payloadBytes > 0 || traffic.compressedBytes > 0 else { return }
        self.frames.increment(by: traffic.frames)
        self.messages.increment(by: traffic.messages)
        self.payloadBytes.increment(by: traffic.payloadBytes)
        guard traffic.compressedBytes > 0 else { return }
        self.compressedBytes.increment(by: traffic.compressedBytes)
        self.inflatedBytes.increment(by: traffic.inflatedBytes)
    }

    /// Records one ratio for each connection that had compressed messages.
    func recordRatio(of traffic: WebSocketTraffic) {
        guard let ratio = traffic.compressionRatio else { return }
        self.compressionRatio.record(ratio)
    }
}

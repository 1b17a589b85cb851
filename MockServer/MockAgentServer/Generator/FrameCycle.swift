import WebSocketProtocol
import WorkspaceProtocol

/// Messages that are encoded as frames once, and then sent again and again in a few large writes.
struct FrameCycle: Sendable {
    /// The approximate number of bytes of one write.
    private static let burstBytes = 128 * 1024
    /// The number of messages that are kept encoded.
    private static let maximumMessages = 4096

    private let kind: MessageKind
    private var block = FrameBlock()
    /// The start of each message, and the end of the last one.
    private var starts = [0]
    /// The payloads of the messages; nil for a message of several frames.
    private var payloads: [MessageBytes?] = []

    /// The number of messages for a write of a good size.
    var messagesAtOnce: Int { max(1, Self.burstBytes * self.payloads.count / max(1, self.block.bytes.count)) }

    /// - Parameters:
    ///   - events: What to generate; the rate is not used.
    ///   - style: How messages are split into frames.
    init(_ events: GeneratedEvents, style: FrameStyle) {
        self.kind = .text
        for event in Self.events(events) { self.append(event, style) }
    }

    /// The events of a cycle, before they begin again.
    static func events(_ events: GeneratedEvents) -> [WorkspaceEvent] {
        switch events.kind {
        case .mix:
            var generator = EventGenerator(seed: events.seed)
            return (0..<min(self.maximumMessages, events.count ?? .max)).map { _ in generator.next() }
        case .text(let bytes):
            return Array(repeating: EventGenerator.text(bytes: bytes), count: self.copies(bytes: bytes))
        }
    }

    /// Creates a cycle of one message.
    init(_ kind: MessageKind, payload: [UInt8]) {
        self.kind = kind
        for _ in 0..<Self.copies(bytes: payload.count) { self.append(payload) }
    }

    private static func copies(bytes: Int) -> Int { max(1, min(self.maximumMessages, self.burstBytes / (bytes + 1))) }

    private mutating func append(_ event: WorkspaceEvent, _ style: FrameStyle) {
        guard style == .gorilla else { return self.append(WorkspaceEventEncoder().encode(event)) }
        self.block.append(event, style: style)
        self.starts.append(self.block.bytes.count)
        self.payloads.append(nil)
    }

    private mutating func append(_ payload: [UInt8]) {
        self.block.append(self.kind.opcode, payload)
        self.starts.append(self.block.bytes.count)
        self.payloads.append(MessageBytes(payload))
    }

    /// The message with this number, counted from 0; nil if it has several frames.
    func message(_ index: Int) -> WebSocketMessage? {
        self.payloads[index % self.payloads.count].map { WebSocketMessage(kind: self.kind, bytes: $0) }
    }

    /// The frames of a range of messages, counted from 0; after the last message of the cycle, the first one follows.
    ///
    /// - Returns: The bytes of one or more writes.
    func bursts(_ range: Range<Int>) -> [[UInt8]] {
        var bursts: [[UInt8]] = []
        var next = range.lowerBound
        while next < range.upperBound {
            let first = next % self.payloads.count
            let end = min(first + (range.upperBound - next), self.payloads.count)
            bursts.append(Array(self.block.bytes[self.starts[first]..<self.starts[end]]))
            next += end - first
        }
        return bursts
    }
}

import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Messages that are encoded as frames once, and then sent again and again in a few large writes.
struct FrameCycle: Sendable {
    /// The data of one write: frames that are sent unchanged, and one more message that waits for room in the queue.
    struct Burst: Sendable {
        var frames: [UInt8]
        var last: WebSocketMessage?
    }

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
        switch events.kind {
        case .mix:
            var generator = EventGenerator(seed: events.seed)
            for _ in 0..<min(Self.maximumMessages, events.count ?? .max) { self.append(generator.next(), style) }
        case .text(let bytes):
            let event = EventGenerator.text(bytes: bytes)
            for _ in 0..<Self.copies(bytes: bytes) { self.append(event, style) }
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

    /// The messages of a range, counted from 0; after the last message of the cycle, the first one follows.
    func bursts(_ range: Range<Int>) -> [Burst] {
        var bursts: [Burst] = []
        var next = range.lowerBound
        while next < range.upperBound {
            let first = next % self.payloads.count
            let end = min(first + (range.upperBound - next), self.payloads.count)
            bursts.append(self.burst(first..<end))
            next += end - first
        }
        return bursts
    }

    private func burst(_ messages: Range<Int>) -> Burst {
        let last = messages.upperBound - 1
        let message = self.payloads[last].map { WebSocketMessage(kind: self.kind, bytes: $0) }
        let end = self.starts[message == nil ? messages.upperBound : last]
        return Burst(frames: Array(self.block.bytes[self.starts[messages.lowerBound]..<end]), last: message)
    }
}

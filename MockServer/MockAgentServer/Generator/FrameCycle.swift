import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Messages encoded ahead as frames, to be sent again and again in few large writes.
struct FrameCycle: Sendable {
    /// What leaves at once: frames as they are, and one more message that waits for its turn.
    struct Burst: Sendable {
        var frames: [UInt8]
        var last: WebSocketMessage
    }

    /// Bytes of a write, about.
    private static let burstBytes = 128 * 1024

    private let kind: MessageKind
    private var block = FrameBlock()
    /// Where each frame begins, and where the last one ends.
    private var starts = [0]
    private var payloads: [MessageBytes] = []

    /// How many frames make a good write.
    var framesAtOnce: Int { max(1, Self.burstBytes * self.payloads.count / max(1, self.block.bytes.count)) }

    /// - Parameters:
    ///   - events: What to generate; its count and rate play no part.
    ///   - style: Of generated events, none is so long that its style would make several frames of it.
    init(_ events: GeneratedEvents, style: FrameStyle) {
        self.kind = .text
        for event in EventGenerator.events(events, atMost: 4096) {
            var payload = WorkspaceEventEncoder().encode(event)
            if style == .gorilla { payload.append(UInt8(ascii: "\n")) }
            self.append(payload)
        }
    }

    /// One message, over and over.
    init(_ kind: MessageKind, payload: [UInt8]) {
        self.kind = kind
        let copies = max(1, min(4096, Self.burstBytes / (payload.count + 1)))
        for _ in 0..<copies { self.append(payload) }
    }

    private mutating func append(_ payload: [UInt8]) {
        self.block.append(self.kind.opcode, payload)
        self.starts.append(self.block.bytes.count)
        self.payloads.append(MessageBytes(payload))
    }

    /// The messages of a range, counted from 0 and starting over when the cycle is through.
    func bursts(_ range: Range<Int>) -> [Burst] {
        var bursts: [Burst] = []
        var next = range.lowerBound
        while next < range.upperBound {
            let first = next % self.payloads.count
            let end = min(first + (range.upperBound - next), self.payloads.count)
            let frames = Array(self.block.bytes[self.starts[first]..<self.starts[end - 1]])
            bursts.append(Burst(frames: frames, last: WebSocketMessage(kind: self.kind, bytes: self.payloads[end - 1])))
            next += end - first
        }
        return bursts
    }
}

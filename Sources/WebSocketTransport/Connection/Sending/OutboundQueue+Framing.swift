import NIOCore
import WebSocketProtocol

// How queued messages become bytes.
extension OutboundQueue {
    mutating func admitWaiting() -> [SenderID] {
        guard self.closing.allowsSending else { return [] }
        var admitted: [SenderID] = []
        // The size before compression counts, so that compression never blocks the event loop for long; the next write
        // goes on.
        var bytes = 0
        for waiting in self.waiting {
            guard self.queuedBytes < self.highMark, bytes < self.highMark else { break }
            guard !self.isTurnTaken || waiting.item.isPart else { break }
            self.append(waiting.item)
            admitted.append(waiting.id)
            bytes += waiting.item.byteCount
        }
        self.waiting.removeFirst(admitted.count)
        return admitted
    }

    mutating func appendOwedPong() {
        guard let payload = self.owedPong.take(), self.closing.allowsSending else { return }
        self.append(.pong, payload: payload)
    }

    mutating func append(_ item: OutboundItem) {
        switch item {
        case .message(let message, let compression):
            message.bytes.withUnsafeBytes {
                self.append(self.writer.message(message.kind, $0, compression: compression))
            }
        case .prepared(let message, let deflated):
            message.bytes.withUnsafeBytes { bytes in
                deflated.withUnsafeBytes { self.append(self.writer.message(message.kind, bytes, deflated: $0)) }
            }
        case .room: break
        case .turn: self.isTurnTaken = true
        case .part(let part, let place, let compression):
            part.bytes.withUnsafeBytes {
                self.append(self.writer.part(part.kind, $0, place: place, compression: compression))
            }
            if place.isLast { self.isTurnTaken = false }
        }
    }

    mutating func append(_ opcode: Opcode, payload: [UInt8]) {
        payload.withUnsafeBytes { self.append(self.writer.control(opcode, $0)) }
    }

    mutating func append(_ frame: MessageWriter.Frame) {
        self.reuseBuffer()
        self.queuedPlace += self.pending.writeWithUnsafeMutableBytes(minimumWritableBytes: frame.sizeBound) { target in
            self.writer.write(frame, into: target)
        }
    }

    mutating func scheduled() -> OnSend {
        guard self.phase == .idle else { return .queued }
        self.phase = .scheduled
        return .queuedAndFlush
    }
}

package import WebSocketProtocol

/// The output of a reader, one event at a time, independent of the batches.
package enum ReaderEvent: Equatable, Sendable {
    case message(MessageKind, [UInt8])
    case control(ControlFrame.Content)
    case violation(ProtocolViolation.Code)

    package static func text(_ text: String) -> Self { .message(.text, Array(text.utf8)) }

    /// The events that the peer of `sender` reads from bytes in these chunks.
    package static func read(
        _ chunks: [[UInt8]],
        from sender: Role,
        limits: MessageLimits = MessageLimits(),
        deflate: NegotiatedDeflate? = nil
    ) -> [Self] {
        var reader = MessageReader(role: sender.peer, limits: limits, deflate: deflate)
        return chunks.flatMap { reader.events($0) }
    }

    /// The content of a batch in the order of the wire.
    package static func flatten(_ batch: InboundBatch) -> [Self] {
        var events: [Self] = []
        var controls = batch.controls[...]
        for index in 0...batch.count {
            while let control = controls.first, control.messagesBefore == index {
                events.append(.control(control.content))
                controls.removeFirst()
            }
            guard index < batch.count else { break }
            events.append(.message(batch[index].kind, Array(batch[index].bytes)))
        }
        precondition(controls.isEmpty, "a control frame has no place among the messages")
        if let violation = batch.violation { events.append(.violation(violation.code)) }
        return events
    }
}

extension MessageReader {
    /// Reads `bytes` into a new batch.
    package mutating func batch(_ bytes: [UInt8]) -> InboundBatch {
        var batch = InboundBatch()
        bytes.withUnsafeBytes { self.receive($0, into: &batch) }
        batch.trim()
        return batch
    }

    /// Reads `bytes` and returns the events.
    package mutating func events(_ bytes: [UInt8]) -> [ReaderEvent] { ReaderEvent.flatten(self.batch(bytes)) }
}

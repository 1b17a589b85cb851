import WebSocketProtocol

/// The reads of a connection on their way to batches.
struct InboundReads: ~Copyable {
    private var batch = InboundBatch()
    /// What the last batch held: the room to make for the next one.
    private var expectedMessages = 0
    private var expectedBytes = 0
    /// The reader's count when it was last looked at.
    private var seenDataSteps = 0
    private var reader: MessageReader

    init(_ reader: consuming MessageReader) { self.reader = reader }

    /// Takes what one read of the socket brought.
    ///
    /// - Parameters:
    ///   - bytes: What was read.
    ///   - memory: What it lies in, if it may be kept.
    /// - Returns: Whether a message came, or a part of one.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, in memory: ReadMemory? = nil) -> Bool {
        if self.batch.isEmpty {
            self.batch.expect(messages: self.expectedMessages, bytes: self.expectedBytes)
        }
        self.reader.receive(bytes, in: memory, into: &self.batch)
        defer { self.seenDataSteps = self.reader.dataSteps }
        return self.reader.dataSteps != self.seenDataSteps || self.batch.count > 0
    }

    /// What has passed since the last call.
    mutating func takeTraffic() -> WebSocketTraffic { self.reader.takeTraffic() }

    /// The memory taken for what was not handed over, in bytes.
    var reservedBytes: Int { self.batch.reservedBytes + self.reader.reservedBytes }

    /// Whether nothing is complete.
    var isEmpty: Bool { self.batch.isEmpty }

    /// The control frames since the last call, in order.
    mutating func takeControls() -> [ControlFrame] { self.batch.takeControls() }

    /// What the peer has done wrong, if it has; nothing follows it.
    mutating func takeViolation() -> ProtocolViolation? { self.batch.violation.take() }

    /// The messages since the last call, nil when there is none; what else the batch held is gone after it.
    mutating func takeMessages() -> MessageBatch? {
        (self.expectedMessages, self.expectedBytes) = (self.batch.count, self.batch.byteCount)
        guard self.batch.count > 0 else {
            // Not kept: what a violation came with, or room for a burst of before.
            self.batch = InboundBatch()
            return nil
        }
        self.batch.trim()
        return MessageBatch(taking: &self.batch)
    }
}

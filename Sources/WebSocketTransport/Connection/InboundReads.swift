import WebSocketProtocol

/// The reads of a connection on their way to batches.
///
/// One value, as each access to a variable of the handler that lasts is checked at run time.
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
    /// - Returns: Whether a message came, or a part of one.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if self.batch.isEmpty {
            self.batch.expect(messages: self.expectedMessages, bytes: self.expectedBytes)
        }
        self.reader.receive(bytes, into: &self.batch)
        defer { self.seenDataSteps = self.reader.dataSteps }
        return self.reader.dataSteps != self.seenDataSteps || self.batch.count > 0
    }

    /// What has passed since the last call.
    mutating func takeTraffic() -> WebSocketTraffic { self.reader.takeTraffic() }

    /// Whether nothing is complete.
    var isEmpty: Bool { self.batch.isEmpty }

    /// The control frames since the last call, in order.
    mutating func takeControls() -> [ControlFrame] { self.batch.takeControls() }

    /// What the peer has done wrong, if it has; nothing follows it.
    mutating func takeViolation() -> ProtocolViolation? { self.batch.violation.take() }

    /// The messages since the last call, nil when there is none.
    mutating func takeMessages() -> MessageBatch? {
        guard self.batch.count > 0 else { return nil }
        (self.expectedMessages, self.expectedBytes) = (self.batch.count, self.batch.byteCount)
        self.batch.trim()
        return MessageBatch(taking: &self.batch)
    }
}

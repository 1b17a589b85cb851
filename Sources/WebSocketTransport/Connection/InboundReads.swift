import WebSocketProtocol

/// The reads of a connection on their way to batches.
///
/// One value, as each access to a variable of the handler that lasts is checked at run time.
struct InboundReads: ~Copyable {
    private var reader: MessageReader
    private var batch = InboundBatch()
    /// What the last batch held: the room to make for the next one.
    private var expectedMessages = 0
    private var expectedBytes = 0
    /// The reader's count when it was last looked at.
    private var seenDataSteps = 0

    init(_ reader: consuming MessageReader) { self.reader = reader }

    /// Takes what one read of the socket brought.
    ///
    /// - Returns: Whether a message came, or a part of one.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if self.batch.isEmpty {
            self.batch = InboundBatch(expectedMessages: self.expectedMessages, expectedBytes: self.expectedBytes)
        }
        self.reader.receive(bytes, into: &self.batch)
        defer { self.seenDataSteps = self.reader.dataSteps }
        return self.reader.dataSteps != self.seenDataSteps || self.batch.count > 0
    }

    /// Hands over all since the last call.
    ///
    /// - Returns: The batch, or nil when nothing is complete; and what has passed.
    mutating func take() -> (batch: InboundBatch?, traffic: WebSocketTraffic) {
        let traffic = self.reader.takeTraffic()
        guard !self.batch.isEmpty else { return (nil, traffic) }
        (self.expectedMessages, self.expectedBytes) = (self.batch.count, self.batch.byteCount)
        var batch = InboundBatch()
        swap(&batch, &self.batch)
        return (batch, traffic)
    }
}

import WebSocketProtocol

/// Turns the reads of a connection into batches.
struct InboundReads: ~Copyable {
    private var batch = InboundBatch()
    /// The size of the last batch, to reserve as much for the next one.
    private var expectedMessages = 0
    private var expectedBytes = 0
    /// The count of the reader at the last check.
    private var seenDataSteps = 0
    private var reader: MessageReader

    init(_ reader: consuming MessageReader) { self.reader = reader }

    /// Takes the bytes of one read of the socket.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the read; before them, the ``heldBytes``.
    ///   - memory: The memory of the read, if the batch may keep it.
    /// - Returns: Whether a message came, or a part of one.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, in memory: ReadMemory? = nil) -> Bool {
        if self.batch.isEmpty {
            self.batch.expect(messages: self.expectedMessages, bytes: self.expectedBytes)
        }
        self.reader.receive(bytes, in: memory, into: &self.batch)
        defer { self.seenDataSteps = self.reader.dataSteps }
        return self.reader.dataSteps != self.seenDataSteps || self.batch.count > 0
    }

    /// Whether a Close frame or a violation came.
    var hasEnded: Bool { self.reader.hasEnded }

    /// How many bytes of a large message the caller keeps, and gives again before the next bytes.
    var heldBytes: Int { self.reader.heldBytes }

    /// The large message in progress, if there is one.
    var largeMessage: LargeMessage? { self.reader.largeMessage }

    /// Moves the bytes of a large message to memory in which they are held; see ``MessageReader/moveMessage(to:)``.
    mutating func moveMessage(to target: UnsafeMutableRawBufferPointer) { self.reader.moveMessage(to: target) }

    /// The counters since the last call.
    mutating func takeTraffic() -> WebSocketTraffic { self.reader.takeTraffic() }

    /// The memory for messages that were not yet handed over, in bytes.
    var reservedBytes: Int { self.batch.reservedBytes + self.reader.reservedBytes }

    /// Whether nothing is complete.
    var isEmpty: Bool { self.batch.isEmpty }

    /// The control frames since the last call, in order.
    mutating func takeControls() -> [ControlFrame] { self.batch.takeControls() }

    /// The violation of the peer, if any; nothing comes after it.
    mutating func takeViolation() -> ProtocolViolation? { self.batch.violation.take() }

    /// The messages since the last call, or nil if there are none; all other content of the batch is dropped.
    mutating func takeMessages() -> MessageBatch? {
        (self.expectedMessages, self.expectedBytes) = (self.batch.count, self.batch.byteCount)
        guard self.batch.count > 0 else {
            // The batch is not kept: it may have a violation, or memory for an earlier burst.
            self.batch = InboundBatch()
            return nil
        }
        self.batch.trim()
        return MessageBatch(taking: &self.batch)
    }
}

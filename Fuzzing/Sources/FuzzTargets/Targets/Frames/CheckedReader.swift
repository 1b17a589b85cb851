import WebSocketProtocol

/// A reader; after each read its guarantees are checked.
struct CheckedReader: ~Copyable {
    private(set) var reader: MessageReader
    /// The violation of the peer, if there was one.
    private(set) var violation: ProtocolViolation?
    private let limits: MessageLimits
    private var received = 0

    private let inflates: Bool

    init(role: Role, limits: MessageLimits, deflate: NegotiatedDeflate? = nil) {
        self.reader = MessageReader(role: role, limits: limits, deflate: deflate)
        self.limits = limits
        self.inflates = deflate != nil
    }

    /// Reads a chunk into a new batch.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript) {
        var batch = InboundBatch()
        self.receive(bytes, into: &batch)
        batch.trim()
        transcript.append(batch)
    }

    /// Reads a chunk into a batch that may already hold messages.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into batch: inout InboundBatch) {
        let before = batch.count
        let wasFinished = self.reader.hasEnded
        self.reader.receive(bytes, into: &batch)
        self.received += bytes.count
        if wasFinished { require(batch.count == before, "A message came after the end.") }
        if batch.violation != nil { require(self.reader.hasEnded, "A violation does not finish the reader.") }
        if self.violation == nil { self.violation = batch.violation }
        let most = self.mostMemory
        require(self.reader.reservedBytes <= most, "\(self.reader.reservedBytes) bytes are taken, not \(most).")
        for index in before..<batch.count { self.check(batch[index]) }
    }

    /// The most memory that is allowed: twice the bytes received, whatever length was announced.
    private var mostMemory: Int {
        let limit = self.limits.maximumMessageBytes
        guard self.inflates else { return max(16, 2 * min(self.received, limit)) }
        // DEFLATE makes at most 1,032 bytes of one byte; one byte over the limit shows that there is more.
        return max(16, self.received, 2 * min(self.received * 1_032 + 65_536, limit + 1))
    }

    private func check(_ message: WebSocketMessage) {
        require(message.bytes.count <= self.limits.maximumMessageBytes, "A message exceeds the limit.")
        guard message.kind == .text else { return }
        message.bytes.withUnsafeBytes { bytes in
            require(String(validating: bytes, as: UTF8.self) != nil, "A text is not UTF-8.")
        }
    }
}

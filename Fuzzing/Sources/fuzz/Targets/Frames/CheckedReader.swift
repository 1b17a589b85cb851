import WebSocketProtocol

/// A reader whose promises are checked after each read.
struct CheckedReader: ~Copyable {
    private(set) var reader: MessageReader
    private let limits: MessageLimits
    private var received = 0

    init(role: Role, limits: MessageLimits) {
        self.reader = MessageReader(role: role, limits: limits)
        self.limits = limits
    }

    /// Reads a chunk into a batch of its own.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript) {
        var batch = InboundBatch()
        self.receive(bytes, into: &batch)
        batch.trim()
        transcript.append(batch)
    }

    /// Reads a chunk into a batch that may hold something.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into batch: inout InboundBatch) {
        let before = batch.count
        let wasFinished = self.reader.isFinished
        self.reader.receive(bytes, into: &batch)
        self.received += bytes.count
        if wasFinished { require(batch.count == before, "A message came behind the end.") }
        if batch.violation != nil { require(self.reader.isFinished, "A violation does not finish the reader.") }
        // Memory is taken for what has come, at most twice as much, never for what was announced.
        let most = max(16, 2 * min(self.received, self.limits.maximumMessageBytes))
        require(self.reader.reservedBytes <= most, "\(self.reader.reservedBytes) bytes are taken, not \(most).")
        for index in before..<batch.count { self.check(batch[index]) }
    }

    private func check(_ message: WebSocketMessage) {
        require(message.bytes.count <= self.limits.maximumMessageBytes, "A message exceeds the limit.")
        guard message.kind == .text else { return }
        message.bytes.withUnsafeBytes { bytes in
            require(String(validating: bytes, as: UTF8.self) != nil, "A text is not UTF-8.")
        }
    }
}

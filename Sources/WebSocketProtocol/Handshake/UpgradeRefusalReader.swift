/// Collects the body of a refused upgrade until the refusal can be reported.
struct UpgradeRefusalReader: Sendable {
    private let refusal: HandshakeError
    private var body: HTTPResponseBody

    /// Creates a reader for the bytes after the head.
    ///
    /// - Parameters:
    ///   - refusal: The error to report at the end, with the code ``HandshakeError/Code/upgradeRefused``.
    ///   - response: The response of the refusal.
    ///   - limits: Validated limits.
    /// - Throws: The refusal if the end of the body can't be known; the reason is its cause.
    init(
        _ refusal: HandshakeError,
        response: HTTPResponseHead,
        limits: HandshakeLimits
    ) throws(HandshakeError) {
        self.refusal = refusal
        do {
            self.body = try HTTPResponseBody(for: response, limits: limits)
        } catch {
            throw refusal.with(body: [], isComplete: false, cause: error)
        }
    }

    /// Reads bytes of the body.
    ///
    /// - Throws: The refusal, as soon as its body is complete, has reached the limit, or can't be read further. A bad
    ///   body does not change the error, because the head of the response matters most.
    mutating func receive(_ bytes: Span<UInt8>) throws(HandshakeError) {
        if self.body.isSatisfied { throw self.refusalWithBody() }
        // Byte by byte: errors after the limit are ignored, so the result does not depend on the sizes of the reads.
        for index in bytes.indices {
            do {
                _ = try self.body.receive(bytes.extracting(index..<(index + 1)))
            } catch {
                throw self.refusal.with(body: self.body.bytes, isComplete: false, cause: error)
            }
            if self.body.isSatisfied { throw self.refusalWithBody() }
        }
    }

    /// The connection ended, which is the normal end of a body without a length and without chunks.
    mutating func errorAtEndOfStream() -> HandshakeError {
        do {
            try self.body.receivedEndOfStream()
            return self.refusalWithBody()
        } catch {
            return self.refusal.with(body: self.body.bytes, isComplete: false, cause: error)
        }
    }

    private func refusalWithBody() -> HandshakeError {
        let isComplete = self.body.isComplete && self.body.droppedByteCount == 0
        return self.refusal.with(body: self.body.bytes, isComplete: isComplete)
    }
}

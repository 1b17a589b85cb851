/// Reads the body of a refused upgrade from chunks of any size and keeps its first bytes (RFC 9112 §6.3).
///
/// The body ends after `Content-Length` bytes, where the chunked coding ends, or with the connection.
package struct HTTPResponseBody: Sendable {
    private enum Framing {
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
        case untilEndOfStream
        case complete
    }

    /// The first bytes of the body, up to the limit.
    package private(set) var bytes: [UInt8] = []

    /// How many bytes after the limit were read and dropped.
    package private(set) var droppedByteCount = 0

    private var framing: Framing
    private let maximumBytes: Int

    /// Whether the end of the body was read.
    package var isComplete: Bool {
        if case .complete = self.framing { true } else { false }
    }

    /// Whether no more bytes will be kept: the body is complete, or the limit is reached.
    package var isSatisfied: Bool {
        self.isComplete || self.bytes.count >= self.maximumBytes
    }

    /// Finds out where the body of a response ends.
    ///
    /// - Parameters:
    ///   - head: The response to a GET request.
    ///   - limits: Validated limits.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` for a `Content-Length` that is not a number, or two different
    ///   ones, and for a transfer coding in HTTP/1.0, or `chunked` twice (RFC 9112 §6.1).
    package init(for head: HTTPResponseHead, limits: HandshakeLimits) throws(HandshakeError) {
        self.maximumBytes = limits.maximumBodyBytes
        self.framing = try Self.framing(of: head)
    }

    private static func framing(of head: HTTPResponseHead) throws(HandshakeError) -> Framing {
        // RFC 9110 §6.4.1: these responses have no body, whatever their fields say.
        if head.status < 200 || head.status == 204 || head.status == 304 { return .complete }
        guard head.fields.contains("Transfer-Encoding") else {
            let length = try head.fields.repeatedContentLength()
            return length.map { $0 == 0 ? .complete : .length(remaining: $0) } ?? .untilEndOfStream
        }
        // RFC 9112 §6.3: a transfer coding overrides a length. If the last coding is not chunked, the body ends with
        // the connection. Other codings are not decoded.
        let codings = head.fields.listElements(for: "Transfer-Encoding")
        let chunked = codings.indices.filter { HTTPCharacter.equalIgnoringCase(codings[$0], "chunked") }
        guard head.version == .http11, chunked.count <= 1 else {
            throw HandshakeError(.malformedMessage, "The end of the body is not certain: see its Transfer-Encoding.")
        }
        return chunked.last == codings.indices.last && !codings.isEmpty ? .chunked(ChunkedDecoder()) : .untilEndOfStream
    }

    /// Reads bytes of the body.
    ///
    /// - Parameter bytes: The next bytes of the connection.
    /// - Returns: How many of `bytes` belong to the body; less than all only at the end of the body.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` if the chunked coding is broken; earlier bytes are kept.
    package mutating func receive(_ bytes: Span<UInt8>) throws(HandshakeError) -> Int {
        switch self.framing {
        case .complete: return 0
        case .untilEndOfStream:
            self.keep(bytes)
            return bytes.count
        case .length(let remaining): return self.receive(bytes, remaining: remaining)
        case .chunked(let decoder): return try self.receive(bytes, decoder: decoder)
        }
    }

    /// The connection ended.
    ///
    /// - Throws: ``HandshakeError/Code/connectionEnded`` if a length or chunks say that the body is not complete.
    package mutating func receivedEndOfStream() throws(HandshakeError) {
        switch self.framing {
        case .complete: break
        case .untilEndOfStream: self.framing = .complete
        case .length, .chunked:
            let count = self.bytes.count + self.droppedByteCount
            throw HandshakeError(.connectionEnded, "The connection ended after \(count) bytes of an incomplete body.")
        }
    }

    private mutating func receive(_ bytes: Span<UInt8>, remaining: Int) -> Int {
        let count = min(bytes.count, remaining)
        self.keep(bytes.extracting(first: count))
        self.framing = count == remaining ? .complete : .length(remaining: remaining - count)
        return count
    }

    private mutating func receive(
        _ bytes: Span<UInt8>,
        decoder: ChunkedDecoder
    ) throws(HandshakeError) -> Int {
        var decoder = decoder
        var position = 0
        while position < bytes.count, !decoder.isComplete {
            let step = try decoder.step(bytes.extracting(position..<bytes.count))
            if step.isData { self.keep(bytes.extracting(position..<(position + step.consumed))) }
            position += step.consumed
        }
        self.framing = decoder.isComplete ? .complete : .chunked(decoder)
        return position
    }

    private mutating func keep(_ data: Span<UInt8>) {
        let count = min(data.count, self.maximumBytes - self.bytes.count)
        for index in 0..<count {
            self.bytes.append(data[index])
        }
        self.droppedByteCount += data.count - count
    }
}

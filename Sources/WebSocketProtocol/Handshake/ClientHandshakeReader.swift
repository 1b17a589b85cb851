/// Reads the answer to a client's handshake from bytes in any chunks: the head, and the body of a refusal.
///
/// ```
///   head ──► (opened)        a valid 101: the remaining bytes are frames
///     ├──► body ──► failed   another status: at most the limit of the body is collected first
///     └──► failed
/// ```
/// - `head` waits for a response that is not interim; becomes `body` or `failed`, or the reader is done.
/// - `body` collects the body of the refusal; becomes `failed` when the body or the connection ends.
/// - `failed` throws the same error for ever.
package struct ClientHandshakeReader: Sendable {
    /// How many interim responses (RFC 9110 §15.2) are skipped at most.
    static let maximumInterimResponses = 8

    /// What came of some bytes.
    package enum OnReceive: Sendable {
        /// All bytes were consumed; the answer is not complete.
        case needMoreBytes
        /// The WebSocket is open; the bytes from `consumed` on are the first frames.
        case opened(ClientHandshakeResult, consumed: Int)
    }

    private enum State {
        case head(HTTPHeadParser<HTTPResponseHead>)
        case body(HTTPResponseBody, refusal: HandshakeError)
        case failed(HandshakeError)
    }

    private let handshake: ClientHandshake
    private let limits: HandshakeLimits
    private var state: State
    private var interimResponseCount = 0

    /// Creates a reader for the bytes after the request.
    ///
    /// - Parameters:
    ///   - handshake: The handshake whose request was sent.
    ///   - limits: How much to read; checked here.
    /// - Throws: ``HandshakeError/Code/invalidConfiguration``.
    package init(for handshake: ClientHandshake, limits: HandshakeLimits) throws(HandshakeError) {
        try limits.validate()
        (self.handshake, self.limits) = (handshake, limits)
        self.state = .head(HTTPHeadParser(limits: limits))
    }

    /// Reads bytes until the WebSocket is open or the handshake has failed.
    ///
    /// - Parameter bytes: The next bytes of the connection.
    /// - Returns: The result and how many of `bytes` belong to the handshake, or that more bytes are needed. Must not
    ///   be called again after the result.
    /// - Throws: The errors of ``HTTPHeadParser/receive(_:)`` and ``ClientHandshake/validate(_:)``; a refusal is thrown
    ///   once its body was read, or as much of it as the limit allows.
    package mutating func receive(_ bytes: Span<UInt8>) throws(HandshakeError) -> OnReceive {
        do throws(HandshakeError) {
            switch self.state {
            case .head(let parser): return try self.receive(bytes, parser: parser)
            case .body(let body, let refusal): return try self.receive(bytes, body: body, refusal: refusal)
            case .failed(let error): throw error
            }
        } catch {
            self.state = .failed(error)
            throw error
        }
    }

    /// The connection ended before the WebSocket was open.
    ///
    /// - Returns: The refusal with what was read of its body, or an error with the code
    ///   ``HandshakeError/Code/connectionEnded``, or the earlier failure.
    package mutating func errorAtEndOfStream() -> HandshakeError {
        let error = self.errorForEnd()
        self.state = .failed(error)
        return error
    }

    private func errorForEnd() -> HandshakeError {
        switch self.state {
        case .head(let parser): return parser.errorAtEndOfStream()
        case .failed(let error): return error
        case .body(var body, let refusal):
            do {
                try body.receivedEndOfStream()
                return refusal.with(body: body.bytes, isComplete: body.droppedByteCount == 0)
            } catch {
                return refusal.with(body: body.bytes, isComplete: false, cause: error)
            }
        }
    }

    private mutating func receive(
        _ bytes: Span<UInt8>,
        parser: HTTPHeadParser<HTTPResponseHead>
    ) throws(HandshakeError) -> OnReceive {
        var parser = parser
        var position = 0
        while case .complete(let response, let consumed) = try parser.receive(
            bytes.extracting(position..<bytes.count)
        ) {
            position += consumed
            guard !response.isInterim else {
                try self.countInterimResponse()
                continue
            }
            return try self.received(response, rest: bytes.extracting(position..<bytes.count), consumed: position)
        }
        self.state = .head(parser)
        return .needMoreBytes
    }

    private mutating func countInterimResponse() throws(HandshakeError) {
        self.interimResponseCount += 1
        guard self.interimResponseCount <= Self.maximumInterimResponses else {
            throw HandshakeError(
                .limitExceeded,
                "The server sent more than \(Self.maximumInterimResponses) interim responses."
            )
        }
    }

    private mutating func received(
        _ response: HTTPResponseHead,
        rest: Span<UInt8>,
        consumed: Int
    ) throws(HandshakeError) -> OnReceive {
        do {
            return .opened(try self.handshake.validate(response), consumed: consumed)
        } catch {
            guard error.code == .upgradeRefused else { throw error }
            let body = try self.body(of: response, refusal: error)
            return try self.receive(rest, body: body, refusal: error)
        }
    }

    /// A refusal stays a refusal even if its body can't be read.
    private func body(
        of response: HTTPResponseHead,
        refusal: HandshakeError
    ) throws(HandshakeError) -> HTTPResponseBody {
        do {
            return try HTTPResponseBody(for: response, limits: self.limits)
        } catch {
            throw refusal.with(body: [], isComplete: false, cause: error)
        }
    }

    private mutating func receive(
        _ bytes: Span<UInt8>,
        body: HTTPResponseBody,
        refusal: HandshakeError
    ) throws(HandshakeError) -> OnReceive {
        var body = body
        do {
            _ = try body.receive(bytes)
        } catch {
            throw refusal.with(body: body.bytes, isComplete: false, cause: error)
        }
        guard !body.isSatisfied else {
            let isComplete = body.isComplete && body.droppedByteCount == 0
            throw refusal.with(body: body.bytes, isComplete: isComplete)
        }
        self.state = .body(body, refusal: refusal)
        return .needMoreBytes
    }
}

/// Reads the answer to a client's handshake from chunks of any size: the head, and the body of a refusal.
///
/// ```
///   head ──► (opened)           a valid 101: the remaining bytes are frames
///     ├──► refusal ──► failed   another status: its body is collected first, up to a limit
///     └──► failed
/// ```
/// - `head` waits for a response that is not interim; becomes `refusal` or `failed`, or the reader is done.
/// - `refusal` collects the body of the refusal; becomes `failed` when the body or the connection ends.
/// - `failed`: each later call throws the same error.
package struct ClientHandshakeReader: Sendable {
    /// The maximum number of interim responses (RFC 9110 §15.2) to skip.
    static let maximumInterimResponses = 8

    /// The result of some bytes.
    package enum OnReceive: Sendable {
        /// All bytes were consumed; the answer is not complete.
        case needMoreBytes
        /// The WebSocket is open; the bytes from `consumed` on are the first frames.
        case opened(ClientHandshakeResult, consumed: Int)
    }

    private let handshake: ClientHandshake
    private let limits: HandshakeLimits
    private let ignoresBody: @Sendable (HTTPResponseHead) -> Bool
    private var interimResponseCount = 0

    // The state is `failed` if there is a failure, else `refusal` if there is one, else `head`. The parts are not
    // payloads of an enum: taking a buffer out of an enum, to change it, copies it with every chunk.
    private var parser: HTTPHeadParser<HTTPResponseHead>
    private var refusal: UpgradeRefusalReader?
    private var failure: HandshakeError?

    /// Creates a reader for the bytes after the request.
    ///
    /// - Parameters:
    ///   - handshake: The handshake whose request was sent.
    ///   - limits: The limits of the answer; validated here.
    ///   - ignoresBody: Whether to throw a refusal right after its head, without its body.
    /// - Throws: ``HandshakeError/Code/invalidConfiguration``.
    package init(
        for handshake: ClientHandshake,
        limits: HandshakeLimits,
        ignoresBody: @escaping @Sendable (HTTPResponseHead) -> Bool = { _ in false }
    ) throws(HandshakeError) {
        try limits.validate()
        (self.handshake, self.limits, self.ignoresBody) = (handshake, limits, ignoresBody)
        self.parser = HTTPHeadParser(limits: limits)
    }

    /// Reads bytes until the WebSocket is open or the handshake has failed.
    ///
    /// - Parameter bytes: The next bytes of the connection.
    /// - Returns: The result and how many of `bytes` belong to the handshake, or that more bytes are needed. Do not
    ///   call this again after the result.
    /// - Throws: The errors of ``HTTPHeadParser/receive(_:)`` and ``ClientHandshake/validate(_:)``. A refusal is thrown
    ///   after its body was read, or as much of it as the limit allows.
    package mutating func receive(_ bytes: Span<UInt8>) throws(HandshakeError) -> OnReceive {
        if let failure = self.failure { throw failure }
        do {
            guard self.refusal == nil else {
                try self.refusal?.receive(bytes)
                return .needMoreBytes
            }
            return try self.receiveHead(bytes)
        } catch {
            self.failure = error
            throw error
        }
    }

    /// The connection ended before the WebSocket was open.
    ///
    /// - Returns: The refusal with the part of its body that was read, an error with the code
    ///   ``HandshakeError/Code/connectionEnded``, or the earlier failure.
    package mutating func errorAtEndOfStream() -> HandshakeError {
        let error = self.failure ?? self.refusal?.errorAtEndOfStream() ?? self.parser.errorAtEndOfStream()
        self.failure = error
        return error
    }

    private mutating func receiveHead(_ bytes: Span<UInt8>) throws(HandshakeError) -> OnReceive {
        var position = 0
        while case .complete(let response, let consumed) = try self.parser.receive(
            bytes.extracting(position..<bytes.count)
        ) {
            position += consumed
            guard response.isInterim else {
                let rest = bytes.extracting(position..<bytes.count)
                return try self.received(response, rest: rest, consumed: position)
            }
            try self.countInterimResponse()
        }
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
            guard error.code == .upgradeRefused, !self.ignoresBody(response) else { throw error }
            var refusal = try UpgradeRefusalReader(error, response: response, limits: self.limits)
            try refusal.receive(rest)
            self.refusal = refusal
            return .needMoreBytes
        }
    }
}

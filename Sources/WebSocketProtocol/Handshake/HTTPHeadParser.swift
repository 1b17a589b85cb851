/// Reads the heads of HTTP messages from bytes in any chunks (RFC 9112 §2.2).
///
/// ```
///   startLine ──► fields ──► (head complete) ──► startLine
///       └───────────┴──► failed
/// ```
/// - `startLine` waits for the end of the first line; becomes `fields` or `failed`.
/// - `fields` collects one field per line; the blank line completes the head, and the next byte starts another one.
/// - `failed` throws the same error for ever.
///
/// Each byte is looked at once, however the input is cut, and no more than the limits is ever stored. Lines end with
/// CRLF. RFC 9112 §2.2 lets a recipient accept a bare LF, and empty lines before the start line; both are refused here,
/// as is a bare CR: peers that disagree about where a line ends are how requests are smuggled.
package struct HTTPHeadParser<Head: HTTPHead>: Sendable {
    /// What came of some bytes.
    package enum OnReceive: Sendable {
        /// All bytes were consumed; the head is not complete.
        case needMoreBytes
        /// The head is complete; the bytes from `consumed` on do not belong to it.
        case complete(Head, consumed: Int)
    }

    private enum State {
        case startLine
        case fields(Head)
        case failed(HandshakeError)
    }

    private let limits: HandshakeLimits
    private var state = State.startLine
    private var fields = HTTPFields()
    private var line: [UInt8] = []
    private var endsWithCarriageReturn = false
    private var headByteCount = 0

    /// Creates a parser at the start of a head.
    ///
    /// - Parameter limits: Validated limits.
    package init(limits: HandshakeLimits) {
        self.limits = limits
    }

    /// Reads bytes up to the end of a head.
    ///
    /// - Parameter bytes: The next bytes of the connection.
    /// - Returns: The head and how many of `bytes` belong to it, or that more bytes are needed.
    /// - Throws: ``HandshakeError/Code/malformedMessage``, ``HandshakeError/Code/limitExceeded`` or
    ///   ``HandshakeError/Code/unsupportedHTTPVersion``; the same error again on each later call.
    package mutating func receive(_ bytes: Span<UInt8>) throws(HandshakeError) -> OnReceive {
        if case .failed(let error) = self.state { throw error }
        do {
            for index in bytes.indices {
                if let head = try self.receive(bytes[index]) { return .complete(head, consumed: index + 1) }
            }
            return .needMoreBytes
        } catch {
            self.state = .failed(error)
            self.line = []
            throw error
        }
    }

    /// The error to report when the connection ends while a head is awaited.
    ///
    /// - Returns: An error with the code ``HandshakeError/Code/connectionEnded``, or the earlier failure.
    package func errorAtEndOfStream() -> HandshakeError {
        if case .failed(let error) = self.state { return error }
        return HandshakeError(
            .connectionEnded,
            "The connection ended after \(self.headByteCount) bytes of an HTTP head."
        )
    }

    private mutating func receive(_ byte: UInt8) throws(HandshakeError) -> Head? {
        self.headByteCount += 1
        guard self.headByteCount <= self.limits.maximumHeadBytes else {
            throw HandshakeError(.limitExceeded, "The head is larger than \(self.limits.maximumHeadBytes) bytes.")
        }
        if self.endsWithCarriageReturn {
            guard byte == HTTPCharacter.lineFeed else { throw Self.malformed("A CR is not followed by LF.") }
            return try self.receivedEndOfLine()
        }
        if byte == HTTPCharacter.carriageReturn {
            self.endsWithCarriageReturn = true
        } else {
            try self.append(byte)
        }
        return nil
    }

    private mutating func append(_ byte: UInt8) throws(HandshakeError) {
        guard HTTPCharacter.isReceivable(byte) else {
            let isLineFeed = byte == HTTPCharacter.lineFeed
            throw Self.malformed(
                isLineFeed ? "A line ends with LF alone, not CRLF." : "A line holds \(Excerpt(byte: byte))."
            )
        }
        guard self.line.count < self.limits.maximumLineBytes else {
            throw HandshakeError(.limitExceeded, "A line is longer than \(self.limits.maximumLineBytes) bytes.")
        }
        self.line.append(byte)
    }

    private mutating func receivedEndOfLine() throws(HandshakeError) -> Head? {
        self.endsWithCarriageReturn = false
        defer { self.line.removeAll(keepingCapacity: true) }
        switch self.state {
        case .startLine: self.state = .fields(try Head(parsingStartLine: self.line))
        case .fields(let head) where self.line.isEmpty: return self.completed(head)
        case .fields: try self.receivedField()
        case .failed(let error): throw error
        }
        return nil
    }

    private mutating func receivedField() throws(HandshakeError) {
        guard self.fields.count < self.limits.maximumFieldCount else {
            throw HandshakeError(.limitExceeded, "The head has more than \(self.limits.maximumFieldCount) fields.")
        }
        self.fields.append(try HTTPField(parsing: self.line))
    }

    private mutating func completed(_ head: Head) -> Head {
        let complete = head.with(parsedFields: self.fields)
        self.state = .startLine
        self.fields = HTTPFields()
        self.headByteCount = 0
        return complete
    }

    private static func malformed(_ message: String) -> HandshakeError {
        HandshakeError(.malformedMessage, message)
    }
}

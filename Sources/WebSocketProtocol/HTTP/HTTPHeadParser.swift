#if RED_CONTROLS
internal import RedControls
#endif

/// Reads the heads of HTTP messages from chunks of any size (RFC 9112 §2.2).
///
/// ```
///   startLine ──► fields ──► (head complete) ──► startLine
///       └───────────┴──► failed
/// ```
/// - `startLine` waits for the end of the first line; becomes `fields` or `failed`.
/// - `fields` collects one field per line; the blank line completes the head, and the next byte begins another head.
/// - `failed`: each later call throws the same error.
///
/// Each byte is examined once, for any size of the chunks. The parser never stores more than the limits allow. Empty
/// lines before the start line are skipped, as a server should do (RFC 9112 §2.2).
///
/// Requests are read strictly: if two recipients disagree about the end of a line or a field, request smuggling is
/// possible. Responses are read leniently, because we are the last recipient. So the parser accepts what RFC 9112 lets
/// a client accept: a line that ends with LF only (§2.2), and whitespace before the colon of a field (§5.1, where a
/// proxy has to remove it). A client MUST unfold a folded field; a server refuses it with 400 (§5.2). A CR without LF
/// and control characters are refused in both.
package struct HTTPHeadParser<Head: HTTPHead>: Sendable {
    /// The result of some bytes.
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
    /// Whether the line is a whole field that the next line may continue.
    private var isFieldPending = false
    /// Whether the whitespace at the beginning of a folded line is being skipped.
    private var isUnfolding = false
    private var endsWithCarriageReturn = false
    private var headByteCount = 0

    /// Creates a parser at the start of a head.
    ///
    /// - Parameter limits: Validated limits.
    package init(limits: HandshakeLimits) {
        #if RED_CONTROLS
        self.limits = RedControl.isActive(.headLimitFixed) ? HandshakeLimits() : limits
        #else
        self.limits = limits
        #endif
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

    /// The error to report if the connection ends before a head is complete.
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
            throw Self.exceeded("The head is larger than \(self.limits.maximumHeadBytes) bytes", "maximumHeadBytes")
        }
        if self.endsWithCarriageReturn {
            guard byte == HTTPCharacter.lineFeed else { throw Self.malformed("A CR is not followed by LF.") }
            return try self.receivedEndOfLine()
        }
        if self.isFieldPending { try self.beginLine(with: byte) }
        switch byte {
        case HTTPCharacter.carriageReturn: self.endsWithCarriageReturn = true
        case HTTPCharacter.lineFeed where Head.isReadLeniently: return try self.receivedEndOfLine()
        case HTTPCharacter.space where self.isUnfolding, HTTPCharacter.horizontalTab where self.isUnfolding: break
        default:
            self.isUnfolding = false
            try self.append(byte)
        }
        return nil
    }

    /// Decides whether the previous line was a whole field or the beginning of a folded one (RFC 9112 §5.2).
    private mutating func beginLine(with byte: UInt8) throws(HandshakeError) {
        self.isFieldPending = false
        guard HTTPCharacter.isWhitespace(byte) else {
            try self.receivedField()
            return self.line.removeAll(keepingCapacity: true)
        }
        // The fold, together with the whitespace around it, becomes one space.
        while let last = self.line.last, HTTPCharacter.isWhitespace(last) { self.line.removeLast() }
        self.isUnfolding = true
        try self.append(HTTPCharacter.space)
    }

    private mutating func append(_ byte: UInt8) throws(HandshakeError) {
        guard HTTPCharacter.isReceivable(byte) else {
            let isLineFeed = byte == HTTPCharacter.lineFeed
            throw Self.malformed(
                isLineFeed ? "A line ends with LF alone, not CRLF." : "A line holds \(Excerpt(byte: byte))."
            )
        }
        guard self.line.count < self.limits.maximumLineBytes else {
            throw Self.exceeded("A line is longer than \(self.limits.maximumLineBytes) bytes", "maximumLineBytes")
        }
        self.line.append(byte)
    }

    private mutating func receivedEndOfLine() throws(HandshakeError) -> Head? {
        self.endsWithCarriageReturn = false
        self.isUnfolding = false
        switch self.state {
        case .startLine where self.line.isEmpty: break
        case .startLine: self.state = .fields(try Head(parsingStartLine: self.line))
        case .fields(let head) where self.line.isEmpty: return self.completed(head)
        case .fields where Head.isReadLeniently:
            self.isFieldPending = true
            return nil
        case .fields: try self.receivedField()
        case .failed(let error): throw error
        }
        self.line.removeAll(keepingCapacity: true)
        return nil
    }

    private mutating func receivedField() throws(HandshakeError) {
        guard self.fields.count < self.limits.maximumFields else {
            throw Self.exceeded("The head has more than \(self.limits.maximumFields) fields", "maximumFields")
        }
        self.fields.append(try HTTPField(parsing: self.line, leniently: Head.isReadLeniently))
    }

    private mutating func completed(_ head: Head) -> Head {
        let complete = head.with(parsedFields: self.fields)
        self.state = .startLine
        self.fields = HTTPFields()
        self.headByteCount = 0
        return complete
    }

    private static func exceeded(_ problem: String, _ limit: String) -> HandshakeError {
        #if RED_CONTROLS
        if RedControl.isActive(.limitNotNamed) { return HandshakeError(.limitExceeded, "\(problem).") }
        #endif
        return HandshakeError(.limitExceeded, "\(problem), the limit that HandshakeLimits.\(limit) sets.")
    }

    private static func malformed(_ message: String) -> HandshakeError {
        HandshakeError(.malformedMessage, message)
    }
}

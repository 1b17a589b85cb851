/// A whole message: unmasked, with its fragments joined, and valid UTF-8 if it is text (RFC 6455 §5.6).
public struct WebSocketMessage: Sendable, Hashable {
    /// Text or binary.
    public let kind: MessageKind
    /// The payload; in a text message, valid UTF-8.
    public let bytes: MessageBytes

    /// Creates a message.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - bytes: The payload; for text, the caller must pass valid UTF-8.
    @inlinable
    package init(kind: MessageKind, bytes: MessageBytes) {
        self.kind = kind
        self.bytes = bytes
    }

    /// Creates a text message.
    ///
    /// - Parameter text: The text.
    public init(text: String) {
        self.init(kind: .text, bytes: MessageBytes(text.utf8))
    }

    /// Creates a text message from bytes; the caller must pass valid UTF-8.
    package init(utf8Text bytes: [UInt8]) {
        self.init(kind: .text, bytes: MessageBytes(bytes))
    }

    /// Creates a binary message.
    ///
    /// - Parameter bytes: The payload.
    public init(binary bytes: some Sequence<UInt8>) {
        self.init(kind: .binary, bytes: MessageBytes(bytes))
    }

    /// Calls `body` with the text in place, so that a decoder need not check UTF-8 again.
    ///
    /// - Parameter body: Uses the text; it is called only for a text message.
    /// - Returns: The value of `body`, or nil for a binary message.
    /// - Throws: The error of `body`.
    @inlinable
    public func withUTF8Span<Value, Failure: Error>(
        _ body: (UTF8Span) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard self.kind == .text else { return nil }
        return try unsafe self.bytes.withUnsafeBytes { bytes throws(Failure) in
            // The reader, or the String from which the message was made, has already checked it.
            let span = unsafe Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self))
            return try body(unsafe UTF8Span(unchecked: span))
        }
    }

    /// The text of a text message, or nil for a binary one.
    public var text: String? { self.withUTF8Span { String(copying: $0) } }
}

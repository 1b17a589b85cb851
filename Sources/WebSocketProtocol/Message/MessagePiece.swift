/// The part of a message that came with one read, or the whole message.
public struct MessagePiece: Sendable, Hashable {
    /// Text or binary; the same for all pieces of a message.
    public let kind: MessageKind
    /// The bytes.
    ///
    /// The pieces of a text are UTF-8 only after they are joined, because a piece may end inside a code point.
    public let bytes: MessageBytes
    /// Whether a message begins here.
    public let isFirst: Bool
    /// Whether the message ends here.
    public let isLast: Bool

    @inlinable
    init(kind: MessageKind, bytes: MessageBytes, isFirst: Bool, isLast: Bool) {
        self.kind = kind
        self.bytes = bytes
        self.isFirst = isFirst
        self.isLast = isLast
    }
}

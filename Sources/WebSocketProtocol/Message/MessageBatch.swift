/// The messages that one read of the socket completed, in order: at least one.
///
/// Its messages share memory; see ``MessageBytes``.
public struct MessageBatch: Sendable, RandomAccessCollection {
    @usableFromInline let inbound: InboundBatch

    /// Wraps messages, none of them a piece of one.
    package init(_ inbound: InboundBatch) { self.inbound = inbound }

    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of messages.
    @inlinable public var endIndex: Int { self.inbound.count }
    /// The payload bytes of all messages.
    public var byteCount: Int { self.inbound.byteCount }

    /// The message at `position`.
    ///
    /// - Parameter position: 0 up to, not including, ``endIndex``; anything else traps, as with an array.
    @inlinable public subscript(position: Int) -> WebSocketMessage { self.inbound[position] }
}

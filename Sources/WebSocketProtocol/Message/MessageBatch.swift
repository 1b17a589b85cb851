/// The messages that one read of the socket completed, in order: at least one.
///
/// Its messages share memory; see ``MessageBytes``.
public struct MessageBatch: Sendable, RandomAccessCollection {
    /// A batch passes several hands: as one reference, which each of them counts once.
    @usableFromInline
    final class Contents: Sendable {
        @usableFromInline let inbound: InboundBatch

        init(_ inbound: consuming InboundBatch) { self.inbound = inbound }
    }

    @usableFromInline let contents: Contents

    /// Wraps what was received.
    ///
    /// Where that may be pieces, ``inbound`` tells them apart; the subscript does not.
    package init(_ inbound: consuming InboundBatch) { self.contents = Contents(inbound) }

    /// Takes what was received out of `inbound`, which is empty then.
    package init(taking inbound: inout InboundBatch) {
        var taken = InboundBatch()
        swap(&taken, &inbound)
        self.init(taken)
    }

    /// What was received.
    @inlinable package var inbound: InboundBatch { _read { yield self.contents.inbound } }

    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of messages.
    @inlinable public var endIndex: Int { self.contents.inbound.count }
    /// The payload bytes of all messages.
    public var byteCount: Int { self.contents.inbound.byteCount }

    /// The message at `position`.
    ///
    /// - Parameter position: 0 up to, not including, ``endIndex``; anything else traps, as with an array.
    @inlinable public subscript(position: Int) -> WebSocketMessage { self.contents.inbound[position] }
}

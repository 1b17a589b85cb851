/// The messages that one read of the socket completed, in order: at least one.
///
/// Its messages share memory; see ``MessageBytes``.
public struct MessageBatch: Sendable, RandomAccessCollection {
    /// One reference, so that each owner of a batch costs only one retain.
    @usableFromInline
    final class Contents: Sendable {
        @usableFromInline let inbound: InboundBatch

        init(_ inbound: consuming InboundBatch) { self.inbound = inbound }
    }

    @usableFromInline let contents: Contents

    /// Creates a batch from received messages.
    ///
    /// If they may be pieces, use ``inbound``: the subscript does not show which of them are pieces.
    package init(_ inbound: consuming InboundBatch) { self.contents = Contents(inbound) }

    /// Creates a batch from the messages in `inbound`, and leaves that empty.
    package init(taking inbound: inout InboundBatch) {
        var taken = InboundBatch()
        swap(&taken, &inbound)
        self.init(taken)
    }

    /// The received messages and frames.
    @inlinable package var inbound: InboundBatch { _read { yield self.contents.inbound } }

    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of messages.
    @inlinable public var endIndex: Int { self.contents.inbound.count }
    /// The payload bytes of all messages.
    public var byteCount: Int { self.contents.inbound.byteCount }

    /// The message at `position`.
    ///
    /// - Parameter position: 0 up to, not including, ``endIndex``; any other position traps, as with an array.
    @inlinable public subscript(position: Int) -> WebSocketMessage { self.contents.inbound[position] }
}

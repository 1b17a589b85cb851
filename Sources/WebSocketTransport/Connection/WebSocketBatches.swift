public import WebSocketProtocol

/// The messages of a connection in batches, one per read of the socket, until the connection ends.
///
/// This is the fastest way to receive: a loop over a batch has no async cost per message. A batch of a busy stream has
/// thousands of messages, a batch of a quiet stream has one.
///
/// The sequence ends, throws and is shared as ``WebSocketMessages``, with one exception: if a loop is left within a
/// batch, the rest of that batch is not delivered again.
public struct WebSocketBatches: AsyncSequence, Sendable {
    /// One batch.
    public typealias Element = MessageBatch

    let connection: WebSocketConnection

    /// Creates an iterator; all iterators of the connection share its messages.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: MessageBatchCursor

        init(connection: WebSocketConnection) { self.cursor = MessageBatchCursor(connection: connection) }

        /// The next batch.
        ///
        /// - Returns: One message or more, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> MessageBatch? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: One message or more, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> MessageBatch? {
            while try await self.cursor.refill(isolation: actor) {
                if let batch = self.cursor.takeWholeMessages() { return batch }
            }
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketBatches.Iterator: Sendable {}

public import WebSocketProtocol

/// The messages of a connection, those of one read of the socket at a time, until it ends.
///
/// The fastest way to receive: who loops over a batch pays nothing for the concurrency between two messages. A busy
/// stream brings thousands in a batch, a quiet one a single message. Ends, throws and is shared as
/// ``WebSocketMessages``, but for a loop that is left within a batch: that has got the batch as a whole.
public struct WebSocketBatches: AsyncSequence, Sendable {
    /// One batch.
    public typealias Element = MessageBatch

    let connection: WebSocketConnection

    /// Creates an iterator; the messages are shared among all iterators of the connection.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let batch: CurrentBatch

        init(connection: WebSocketConnection) { self.batch = CurrentBatch(connection: connection) }

        /// The next batch.
        ///
        /// - Returns: One message or more, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> MessageBatch? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: One message or more, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> MessageBatch? {
            while try await self.batch.refill(isolation: actor) {
                if let batch = self.batch.takeWholeMessages() { return batch }
            }
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketBatches.Iterator: Sendable {}

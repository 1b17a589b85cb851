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
    public func makeAsyncIterator() -> Iterator { Iterator(batch: CurrentBatch(connection: self.connection)) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        let batch: CurrentBatch

        /// The next batch.
        ///
        /// - Returns: One message or more, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        public mutating func next() async throws -> MessageBatch? { try await self.batch.nextBatch() }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: One message or more, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> MessageBatch? {
            try await self.batch.nextBatch()
        }
    }
}

@available(*, unavailable)
extension WebSocketBatches.Iterator: Sendable {}

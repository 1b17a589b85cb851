public import WebSocketProtocol

/// The messages of a connection piece by piece, in order, until it ends.
///
/// A piece is what one read of the socket has brought of a message: a large message needs no more memory than
/// ``ConnectionConfiguration/ReceiveQueue`` allows, and reading stops while nobody takes the pieces. A small message is
/// one piece. Ends, throws and is shared as ``WebSocketMessages``.
///
/// A message that turns out to be broken, for instance a text that is not UTF-8, ends the connection after its good
/// pieces were handed over.
public struct WebSocketPieces: AsyncSequence, Sendable {
    /// One piece.
    public typealias Element = MessagePiece

    let connection: WebSocketConnection

    /// Creates an iterator; the pieces are shared among all iterators of the connection.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Serves a batch of pieces without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let batch: CurrentBatch

        init(connection: WebSocketConnection) { self.batch = CurrentBatch(connection: connection) }

        /// The next piece.
        ///
        /// - Returns: The piece, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> MessagePiece? { try await self.next(isolation: #isolation) }

        /// The next piece, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: The piece, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> MessagePiece? {
            repeat {
                if let piece = self.batch.nextPiece() { return piece }
            } while try await self.batch.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketPieces.Iterator: Sendable {}

public import WebSocketProtocol

/// The messages of a connection in pieces, in order, until it ends.
///
/// A piece is the part of a message that one read of the socket has received. So a large message needs no more memory
/// than ``ConnectionConfiguration/ReceiveQueue`` allows, and reading stops while no task takes the pieces. A small
/// message is one piece. The sequence ends, throws and is shared as ``WebSocketMessages``.
///
/// A message may turn out to be invalid, for instance a text that is not UTF-8. Then the connection ends after the
/// valid pieces were handed over.
public struct WebSocketPieces: AsyncSequence, Sendable {
    /// One piece.
    public typealias Element = MessagePiece

    let connection: WebSocketConnection

    /// Creates an iterator; all iterators of the connection share its pieces.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Gives out the pieces of a batch without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: MessageBatchCursor

        init(connection: WebSocketConnection) { self.cursor = MessageBatchCursor(connection: connection) }

        /// The next piece.
        ///
        /// - Returns: The piece, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> MessagePiece? { try await self.next(isolation: #isolation) }

        /// The next piece, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The piece, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> MessagePiece? {
            repeat {
                if let piece = self.cursor.nextPiece() { return piece }
            } while try await self.cursor.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketPieces.Iterator: Sendable {}

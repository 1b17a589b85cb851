public import ConcurrencyPrimitives
public import WebSocketProtocol

/// The messages of a connection, in order, until it ends.
///
/// One task at a time receives; a second one that waits at the same time gets
/// ``WebSocketError/Code/alreadyReceiving``. Leaving a loop early loses nothing: a later loop goes on with the message
/// after the last one it got. The sequence ends after a closing handshake, and after our own abort; it throws when the
/// connection failed. Messages that came before the end are delivered first.
///
/// Cancelling the task that waits throws `CancellationError` and leaves the connection usable.
public struct WebSocketMessages: AsyncSequence, Sendable {
    /// One message.
    public typealias Element = WebSocketMessage

    /// Kept alive: who receives refers to the connection.
    let connection: WebSocketConnection

    /// Creates an iterator; the messages are shared among all iterators of the connection.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Serves a batch of messages without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        // Inlinable to here: a message of a batch at hand costs no async call.
        @usableFromInline let batch: CurrentBatch

        init(connection: WebSocketConnection) { self.batch = CurrentBatch(connection: connection) }

        /// The next message.
        ///
        /// - Returns: The message, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> WebSocketMessage? { try await self.next(isolation: #isolation) }

        /// The next message, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: The message, or nil when the connection was closed.
        /// - Throws: ``WebSocketError`` when the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> WebSocketMessage? {
            repeat {
                if let message = self.batch.nextMessage() { return message }
            } while try await self.batch.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketMessages.Iterator: Sendable {}

extension BatchMailbox where Batch == MessageBatch {
    /// Waits for the next batch that holds messages.
    ///
    /// - Returns: The batch, or nil when the connection was closed.
    /// - Throws: As ``WebSocketMessages/Iterator/next()``.
    package func nextMessages() async throws -> MessageBatch? {
        while true {
            switch self.takeReady() {
            case .next(let next): return try next.messages()
            case .nothing(let id): try await self.wait(id, isolation: #isolation).check()
            }
        }
    }

    /// Waits for the next batch that holds messages, in a task that nobody cancels; compiled into the caller.
    ///
    /// To be ready for a cancellation is a tenth of what a message costs. Cancelling the task ends no wait, only the next.
    ///
    /// - Parameter isolation: The caller's.
    /// - Returns: The batch, or nil when the connection was closed.
    /// - Throws: As ``WebSocketMessages/Iterator/next()``.
    @inlinable
    @inline(__always)
    package func nextMessagesUncancelled(
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> MessageBatch? {
        while true {
            switch self.takeReady() {
            case .next(let next): return try next.messages()
            case .nothing(let id):
                try await withUnsafeContinuation(isolation: isolation) { self.beginWait(id, $0) }.check()
            }
        }
    }
}

extension BatchMailbox.Wake {
    /// - Throws: Why there is nothing to take.
    @usableFromInline
    func check() throws {
        switch self {
        case .more: return
        case .cancelled: throw CancellationError()
        case .busy: throw WebSocketError.alreadyReceiving
        }
    }
}

extension BatchMailbox.Next where Batch == MessageBatch {
    /// - Returns: The batch, or nil when the connection was closed.
    /// - Throws: How the connection ended otherwise.
    @usableFromInline
    func messages() throws -> MessageBatch? {
        switch self {
        case .batch(let batch): return batch
        case .finished(let error):
            if let error { throw error }
            return nil
        case .cancelled: throw CancellationError()
        case .busy: throw WebSocketError.alreadyReceiving
        }
    }
}

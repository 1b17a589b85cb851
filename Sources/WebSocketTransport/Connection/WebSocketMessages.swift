public import ConcurrencyPrimitives
public import WebSocketProtocol

/// The messages of a connection, in order, until it ends.
///
/// One task at a time receives. A second task that waits at the same time gets
/// ``WebSocketError/Code/alreadyReceiving``. If you leave a loop early, nothing is lost: a later loop continues with
/// the message after the last one. The sequence ends after a closing handshake, and after our own abort; it throws if
/// the connection failed. Messages that came before the end are delivered first.
///
/// If the waiting task is cancelled, it throws `CancellationError`, and the connection stays usable.
public struct WebSocketMessages: AsyncSequence, Sendable {
    /// One message.
    public typealias Element = WebSocketMessage

    /// Keeps the connection alive while a task receives.
    let connection: WebSocketConnection

    /// Creates an iterator; all iterators of the connection share its messages.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: self.connection) }

    /// Gives out the messages of a batch without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        // Inlinable up to here: a message of the current batch costs no async call.
        @usableFromInline let cursor: MessageBatchCursor

        init(connection: WebSocketConnection) { self.cursor = MessageBatchCursor(connection: connection) }

        /// The next message.
        ///
        /// - Returns: The message, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> WebSocketMessage? { try await self.next(isolation: #isolation) }

        /// The next message, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The message, or nil if the connection was closed.
        /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> WebSocketMessage? {
            repeat {
                if let message = self.cursor.nextMessage() { return message }
            } while try await self.cursor.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WebSocketMessages.Iterator: Sendable {}

extension BatchMailbox where Batch == MessageBatch {
    /// Waits for the next batch with messages.
    ///
    /// - Returns: The batch, or nil if the connection was closed.
    /// - Throws: As ``WebSocketMessages/Iterator/next()``.
    package func nextMessages() async throws -> MessageBatch? {
        while true {
            switch self.takeReady() {
            case .next(let next): return try next.messages()
            case .nothing(let id): try await self.wait(id, isolation: #isolation).check()
            }
        }
    }

    /// Waits for the next batch with messages, in a task that is never cancelled; compiled into the caller.
    ///
    /// Support for cancellation would cost a tenth of the cost of a message. A cancellation does not end the current
    /// wait, only the next one.
    ///
    /// - Parameter isolation: The isolation of the caller.
    /// - Returns: The batch, or nil if the connection was closed.
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
                try await withUnsafeContinuation(isolation: isolation) { self.begin(id, $0) }.check()
            }
        }
    }
}

extension BatchMailbox.Wake {
    /// - Throws: The reason why there is nothing to take.
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
    /// - Returns: The batch, or nil if the connection was closed.
    /// - Throws: The error that ended the connection.
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

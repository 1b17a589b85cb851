import ConcurrencyPrimitives
import WebSocketTransport
public import WorkspaceProtocol

/// The events of a stream, in order, until it ends.
///
/// Only one task may iterate at a time, over these events or over ``WorkspaceStream/batches``. A second task that waits
/// at the same time gets ``AgentRuntimeError/Code/alreadyReceiving``. If you leave a loop early, no event is lost: a
/// later loop continues with the next event. Messages that can't be understood are events, too, and never end the
/// sequence.
///
/// The sequence ends when client or server has closed the stream, and throws if the stream failed. Earlier events are
/// delivered first, also after ``WorkspaceStream/close()``. When the sequence ends, the stream is *drained*, and its
/// client can open another one. Cancelling the waiting task throws `CancellationError`, and the stream stays usable.
///
/// The sequence and its iterators keep the stream alive, and so the client.
public struct WorkspaceEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = WorkspaceEvent

    /// Keeps the stream alive while a task iterates.
    let stream: WorkspaceStream

    var mailbox: BatchMailbox<[WorkspaceEvent]> { self.stream.core.events.mailbox }

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self.stream) }

    /// Returns the events of a batch without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: EventBatchCursor

        init(stream: WorkspaceStream) { self.cursor = EventBatchCursor(stream: stream) }

        /// The next event.
        ///
        /// - Returns: The event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> WorkspaceEvent? { try await self.next(isolation: #isolation) }

        /// The next event, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> WorkspaceEvent? {
            repeat {
                if let event = self.cursor.next() { return event }
            } while try await self.cursor.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WorkspaceEvents.Iterator: Sendable {}

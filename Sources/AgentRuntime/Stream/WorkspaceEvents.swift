import ConcurrencyPrimitives
import WebSocketTransport
public import WorkspaceProtocol

/// The events of a stream, in order, until it ends.
///
/// One task at a time iterates, over these or over ``WorkspaceStream/batches``; a second one that waits at the same time
/// gets ``AgentRuntimeError/Code/alreadyReceiving``. Leaving a loop early loses nothing: a later loop goes on with the
/// event after the last one it got. Messages that can't be understood are events too, and never end the sequence.
///
/// The sequence ends when the stream was closed by either end, and throws when it failed; events that came before the
/// end are delivered first, also after ``WorkspaceStream/close()``. The end of the events is the end of the stream: it
/// is *drained* then, and its client can open another one. Cancelling the task that waits throws `CancellationError`
/// and leaves the stream usable.
///
/// The sequence and its iterators keep the stream, and with it the client, alive.
public struct WorkspaceEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = WorkspaceEvent

    /// Kept alive: who iterates refers to the stream.
    let stream: WorkspaceStream

    var mailbox: BatchMailbox<[WorkspaceEvent]> { self.stream.core.events.mailbox }

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self.stream) }

    /// Serves a batch of events without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let batch: CurrentEvents

        init(stream: WorkspaceStream) { self.batch = CurrentEvents(stream: stream) }

        /// The next event.
        ///
        /// - Returns: The event, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> WorkspaceEvent? { try await self.next(isolation: #isolation) }

        /// The next event, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: The event, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> WorkspaceEvent? {
            repeat {
                if let event = self.batch.next() { return event }
            } while try await self.batch.refill(isolation: actor)
            return nil
        }
    }
}

@available(*, unavailable)
extension WorkspaceEvents.Iterator: Sendable {}

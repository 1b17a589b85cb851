import WebSocketTransport
public import WorkspaceProtocol

/// The events of a stream in batches, one batch per read of the socket, until the stream ends.
///
/// This is the cheapest way to follow a busy stream: inside of a batch, the loop never suspends between two events. On
/// a busy stream a batch has hundreds of events, on a quiet one a single event. It ends, throws and is shared like
/// ``WorkspaceEvents``, with one difference: if you leave a loop within a batch, no later loop gets the rest of that
/// batch.
public struct WorkspaceEventBatches: AsyncSequence, Sendable {
    /// One batch with at least one event.
    public typealias Element = [WorkspaceEvent]

    /// Keeps the stream alive while a task iterates.
    let stream: WorkspaceStream

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self.stream) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: EventBatchCursor

        init(stream: WorkspaceStream) { self.cursor = EventBatchCursor(stream: stream) }

        /// The next batch.
        ///
        /// - Returns: At least one event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> [WorkspaceEvent]? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: At least one event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> [WorkspaceEvent]? {
            try await self.cursor.refill(isolation: actor) ? self.cursor.takeAll() : nil
        }
    }
}

@available(*, unavailable)
extension WorkspaceEventBatches.Iterator: Sendable {}

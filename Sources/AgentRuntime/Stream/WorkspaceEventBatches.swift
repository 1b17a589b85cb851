import WebSocketTransport
public import WorkspaceProtocol

/// The events of a stream, those of one read of the socket at a time, until it ends.
///
/// The cheapest way to follow a stream that is busy: who loops over a batch pays nothing for the concurrency between two
/// events. A busy stream brings hundreds in a batch, a quiet one a single event. Ends, throws and is shared as
/// ``WorkspaceEvents``, but for a loop that is left within a batch: that has got the batch as a whole.
public struct WorkspaceEventBatches: AsyncSequence, Sendable {
    /// One batch: one event or more.
    public typealias Element = [WorkspaceEvent]

    /// Kept alive: who iterates refers to the stream.
    let stream: WorkspaceStream

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self.stream) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let batch: CurrentEvents

        init(stream: WorkspaceStream) { self.batch = CurrentEvents(stream: stream) }

        /// The next batch.
        ///
        /// - Returns: One event or more, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        @inlinable
        public mutating func next() async throws -> [WorkspaceEvent]? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: One event or more, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        @inlinable
        @inline(__always)
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> [WorkspaceEvent]? {
            try await self.batch.refill(isolation: actor) ? self.batch.takeAll() : nil
        }
    }
}

@available(*, unavailable)
extension WorkspaceEventBatches.Iterator: Sendable {}

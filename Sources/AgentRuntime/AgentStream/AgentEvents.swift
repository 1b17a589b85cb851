import ConcurrencyPrimitives
public import WorkspaceProtocol

/// The events of an agent stream, in order, until it ends.
///
/// Only one task may iterate at a time, over these events or over the events of a turn. A second task that waits at the
/// same time gets ``AgentRuntimeError/Code/alreadyReceiving``. If you leave a loop early, no event is lost: a later
/// loop continues with the next event. Messages that can't be understood are events, too, and never end the sequence.
/// Answers to requests are not among the events. You may send requests inside of the loop.
///
/// The sequence ends when client or server has closed the stream, and throws if the stream failed. Earlier events are
/// delivered first. Cancelling the waiting task throws `CancellationError`, and the stream stays usable. The sequence
/// and its iterators keep the stream alive, and so the client.
public struct AgentEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = AgentEvent

    let stream: AgentStream

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(current: CurrentAgentEvents(stream: self.stream)) }

    /// Returns the events of a batch without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        let current: CurrentAgentEvents

        /// The next event.
        ///
        /// - Returns: The event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next() async throws -> AgentEvent? { try await self.next(isolation: #isolation) }

        /// The next event, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The event; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> AgentEvent? {
            try await self.current.next(isolation: actor)?.event
        }
    }
}

@available(*, unavailable)
extension AgentEvents.Iterator: Sendable {}

/// The current batch of an iterator; when the iterator is released, the rest of the batch goes back to the queue.
package final class CurrentAgentEvents {
    /// Keeps the stream alive while a task iterates.
    private let stream: AgentStream
    private let mailbox: BatchMailbox<AgentEventBatch>
    private var batch = AgentEventBatch(first: 0, events: [])
    /// The place of the next event in the batch.
    private var index = 0

    package init(stream: AgentStream) { (self.stream, self.mailbox) = (stream, stream.core.events.mailbox) }

    deinit {
        let rest = AgentEventBatch(
            first: self.batch.first + self.index,
            events: Array(self.batch.events[self.index...])
        )
        guard !rest.events.isEmpty else { return }
        // The size of these events on the wire is not known here, so only their number counts.
        self.mailbox.stopConsuming(givingBack: (rest, .init(bytes: 0, elements: rest.events.count)))
    }

    /// The next event, and its number among all events of the stream.
    package func next(isolation: isolated (any Actor)?) async throws -> (event: AgentEvent, number: Int)? {
        while self.index >= self.batch.events.count {
            switch await self.mailbox.next() {
            case .batch(let batch): (self.batch, self.index) = (batch, 0)
            case .finished(let error):
                if let error { throw error }
                return nil
            case .cancelled: throw CancellationError()
            case .busy: throw AgentRuntimeError.alreadyReceiving
            }
        }
        defer { self.index += 1 }
        return (self.batch.events[self.index], self.batch.first + self.index)
    }
}

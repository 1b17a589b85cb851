import WebSocketTransport
public import WorkspaceProtocol

/// The events of a stream, in order, until it ends.
///
/// One task at a time iterates; a second one that waits at the same time gets
/// ``AgentRuntimeError/Code/alreadyReceiving``. Leaving a loop early loses nothing: a later loop goes on with the event
/// after the last one it got. Messages that can't be understood are events too, and never end the sequence.
///
/// The sequence ends when the stream was closed by either end, and throws when it failed; events that came before the
/// end are delivered first, also after ``WorkspaceStream/close()``. Cancelling the task that waits throws
/// `CancellationError` and leaves the stream usable.
public struct WorkspaceEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = WorkspaceEvent

    let mailbox: BatchMailbox<[WorkspaceEvent]>

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(mailbox: self.mailbox) }

    /// Serves a batch of events without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        private let batch: CurrentEvents

        init(mailbox: BatchMailbox<[WorkspaceEvent]>) { self.batch = CurrentEvents(mailbox: mailbox) }

        /// The next event.
        ///
        /// - Returns: The event, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        public mutating func next() async throws -> WorkspaceEvent? {
            if let event = self.batch.next() { return event }
            return try await self.batch.refill()
        }

        /// The next event, on the caller's isolation.
        ///
        /// - Parameter actor: The caller's isolation.
        /// - Returns: The event, or nil when the stream was closed.
        /// - Throws: ``AgentRuntimeError`` when the stream failed or another task iterates; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> WorkspaceEvent? {
            if let event = self.batch.next() { return event }
            return try await self.batch.refill()
        }
    }
}

@available(*, unavailable)
extension WorkspaceEvents.Iterator: Sendable {}

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
private final class CurrentEvents {
    private let mailbox: BatchMailbox<[WorkspaceEvent]>
    private var events: [WorkspaceEvent] = []
    private var index = 0

    init(mailbox: BatchMailbox<[WorkspaceEvent]>) { self.mailbox = mailbox }

    deinit {
        let rest = Array(self.events[self.index...])
        guard !rest.isEmpty else { return }
        // What the events weighed on the wire is not known any more; their number bounds them.
        self.mailbox.stopConsuming(givingBack: (rest, .init(bytes: 0, elements: rest.count)))
    }

    func next() -> WorkspaceEvent? {
        guard self.index < self.events.count else { return nil }
        defer { self.index += 1 }
        return self.events[self.index]
    }

    func refill() async throws -> WorkspaceEvent? {
        (self.events, self.index) = ([], 0)
        switch await self.mailbox.next() {
        case .batch(let events): self.events = events
        case .finished(let error): if let error { throw error }
        case .cancelled: throw CancellationError()
        case .busy: throw AgentRuntimeError(.alreadyReceiving, "Another task iterates over the events of this stream.")
        }
        return self.next()
    }
}

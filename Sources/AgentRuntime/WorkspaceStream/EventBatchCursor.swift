public import ConcurrencyPrimitives
import NIOPosix
import WebSocketTransport
public import WorkspaceProtocol

/// The current batch of an iterator; when the iterator is released, the rest of the batch goes back to the queue.
@usableFromInline
final class EventBatchCursor {
    /// Keeps the stream alive while a task iterates.
    private let stream: WorkspaceStream
    @usableFromInline let mailbox: BatchMailbox<[WorkspaceEvent]>
    // Unchecked, because an iterator is not Sendable: only one task uses it.
    @exclusivity(unchecked) private var events: [WorkspaceEvent] = []
    /// The first event that was not returned yet.
    @exclusivity(unchecked) private var index = 0

    init(stream: WorkspaceStream) { (self.stream, self.mailbox) = (stream, stream.core.events.mailbox) }

    deinit {
        let rest = Array(self.events[self.index...])
        guard !rest.isEmpty else { return }
        // The size of these events on the wire is not known here, so only their number counts.
        self.mailbox.stopConsuming(givingBack: (rest, .init(bytes: 0, elements: rest.count)))
    }

    /// The next event of the current batch.
    @usableFromInline
    func next() -> WorkspaceEvent? {
        let index = self.index
        guard index < self.events.count else { return nil }
        let event = self.events[index]
        self.index = index + 1
        // Release the batch now, not only when the next one comes.
        if self.index == self.events.count { (self.events, self.index) = ([], 0) }
        return event
    }

    /// The rest of the current batch.
    @usableFromInline
    func takeAll() -> [WorkspaceEvent] {
        defer { (self.events, self.index) = ([], 0) }
        return self.events
    }

    /// Waits until there is a batch.
    ///
    /// It repeats `BatchMailbox.wait`, because the mailbox must know where the task runs. A parameter of `wait` for this
    /// would cost 12 instructions for each wait, and a closure 15: both would be kept in the async frame.
    ///
    /// - Parameter isolation: The isolation of the caller.
    /// - Returns: False if the stream was closed.
    /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
    @inlinable
    @inline(__always)
    func refill(isolation: isolated (any Actor)?) async throws -> Bool {
        let mailbox = self.mailbox
        while true {
            switch try self.takeReady() {
            case .taken: return true
            case .closed: return false
            case .nothing(let id):
                let wake = await withTaskCancellationHandler {
                    // Used here, so that this closure has the caller's isolation, too. Otherwise it would leave it and
                    // come back.
                    _ = isolation
                    return await withUnsafeContinuation { mailbox.beginWait(id, $0) }
                } onCancel: {
                    mailbox.cancelWait(id)
                }
                try mailbox.check(wake)
            }
        }
    }

    @usableFromInline
    enum OnTake {
        case taken
        case closed
        case nothing(BatchMailbox<[WorkspaceEvent]>.WaitID)
    }

    /// Takes the next batch, if there is one.
    ///
    /// - Throws: The error of the stream, if it failed.
    @usableFromInline
    func takeReady() throws -> OnTake {
        switch self.mailbox.takeReady() {
        case .nothing(let id): return .nothing(id)
        case .next(.batch(let events)):
            (self.events, self.index) = (events, 0)
            return .taken
        case .next(.finished(let error)):
            if let error { throw error }
            return .closed
        case .next(.cancelled): throw CancellationError()
        case .next(.busy): throw AgentRuntimeError.alreadyReceiving
        }
    }
}

// The wait of iterators; not generic, so that other modules can call the compiled code.
extension BatchMailbox where Batch == [WorkspaceEvent] {
    @usableFromInline
    func beginWait(_ id: WaitID, _ continuation: UnsafeContinuation<Wake, Never>) {
        // A waiter on an event loop is resumed at once, in the same turn of the loop.
        self.begin(id, continuation, isElsewhere: MultiThreadedEventLoopGroup.currentEventLoop == nil)
    }

    @usableFromInline
    func cancelWait(_ id: WaitID) { self.cancelWaiter(id) }

    /// - Throws: The reason why there is nothing to take.
    @usableFromInline
    func check(_ wake: Wake) throws {
        switch wake {
        case .more: return
        case .cancelled: throw CancellationError()
        case .busy: throw AgentRuntimeError.alreadyReceiving
        }
    }
}

extension AgentRuntimeError {
    static var alreadyReceiving: AgentRuntimeError {
        AgentRuntimeError(.alreadyReceiving, "Another task iterates over the events of this stream.")
    }
}

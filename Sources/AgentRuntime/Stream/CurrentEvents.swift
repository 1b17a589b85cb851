public import ConcurrencyPrimitives
import NIOPosix
import WebSocketTransport
public import WorkspaceProtocol

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
@usableFromInline
final class CurrentEvents {
    /// Kept alive: who iterates refers to the stream.
    private let stream: WorkspaceStream
    @usableFromInline let mailbox: BatchMailbox<[WorkspaceEvent]>
    // Unchecked: an iterator is not Sendable, so one task uses it.
    @exclusivity(unchecked) private var events: [WorkspaceEvent] = []
    /// The first event that was not given out yet.
    @exclusivity(unchecked) private var index = 0

    init(stream: WorkspaceStream) { (self.stream, self.mailbox) = (stream, stream.core.events.mailbox) }

    deinit {
        let rest = Array(self.events[self.index...])
        guard !rest.isEmpty else { return }
        // What the events weighed on the wire is not known any more; their number bounds them.
        self.mailbox.stopConsuming(givingBack: (rest, .init(bytes: 0, elements: rest.count)))
    }

    /// The next event of the batch at hand.
    @usableFromInline
    func next() -> WorkspaceEvent? {
        let index = self.index
        guard index < self.events.count else { return nil }
        let event = self.events[index]
        self.index = index + 1
        // Not held until the next batch comes.
        if self.index == self.events.count { (self.events, self.index) = ([], 0) }
        return event
    }

    /// What is left of the batch at hand.
    @usableFromInline
    func takeAll() -> [WorkspaceEvent] {
        defer { (self.events, self.index) = ([], 0) }
        return self.events
    }

    /// Waits until there is a batch at hand.
    ///
    /// As `BatchMailbox.wait`, but compiled into the loop of whom iterates: each async function between the two would be
    /// a frame of its own, and a look at which executor goes on, for each batch.
    ///
    /// - Parameter isolation: The caller's.
    /// - Returns: False when the stream was closed.
    /// - Throws: ``AgentRuntimeError`` when it failed or another task iterates; `CancellationError`.
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
                    // Named, so that this is on the caller's isolation too: else it would leave it and come back.
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
    /// - Throws: How the stream ended, if it was not closed.
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

// What iterating waits with; not generic, so that it can be called from other modules as it was compiled here.
extension BatchMailbox where Batch == [WorkspaceEvent] {
    @usableFromInline
    func beginWait(_ id: WaitID, _ continuation: UnsafeContinuation<Wake, Never>) {
        // Who runs on an event loop is best resumed at once: by the same turn of it.
        self.begin(id, continuation, isElsewhere: MultiThreadedEventLoopGroup.currentEventLoop == nil)
    }

    @usableFromInline
    func cancelWait(_ id: WaitID) { self.cancelWaiter(id) }

    /// - Throws: Why there is nothing to take.
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

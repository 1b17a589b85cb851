import WebSocketTransport
import WorkspaceProtocol

/// The commands on their way to the writer: bounded, in order, many senders and one writer.
final class CommandQueue: Sendable {
    /// Tells the sender of a command what became of it.
    typealias Delivery = Outcome<Result<Void, AgentRuntimeError>>

    /// A command and who wants to know about it.
    struct Entry: Sendable {
        let command: WorkspaceCommand
        let delivery = Delivery()
    }

    private struct State {
        var queued: [Entry] = []
        /// Those for whom there is no room; a delivery that is resolved while its entry is here was not sent.
        var waiting: [Entry] = []
        var isClosed = false
        var writer: CheckedContinuation<Void, Never>?

        mutating func admitWaiting(capacity: Int) {
            let room = min(max(0, capacity - self.queued.count), self.waiting.count)
            self.queued += self.waiting[..<room]
            self.waiting.removeFirst(room)
        }
    }

    private let capacity: Int
    private let state = Locked(State())

    init(capacity: Int) { self.capacity = capacity }

    /// How many commands the writer has not taken yet.
    var queuedCount: Int { self.state.withLock { $0.queued.count } }
    /// How many senders wait for room.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    /// Sends a command: waits until the system has taken it.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - ifWithdrawn: Called when the task was cancelled and the command was still here, so that it is not sent.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed` (not sent) or `deliveryUnknown`; `CancellationError`.
    func send(_ command: WorkspaceCommand, ifWithdrawn: () -> Void = {}) async throws {
        let entry = Entry(command: command)
        let writer = try self.state.withLock { state throws(AgentRuntimeError) in
            guard !state.isClosed else { throw .commandNotSent }
            guard state.queued.count < self.capacity, state.waiting.isEmpty else {
                state.waiting.append(entry)
                return CheckedContinuation<Void, Never>?.none
            }
            state.queued.append(entry)
            return state.writer.take()
        }
        writer?.resume()
        do {
            try await entry.delivery.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            if self.withdraw(entry) { ifWithdrawn() }
            throw error
        }
    }

    /// Takes a command back; the room it leaves is for who waits.
    ///
    /// - Returns: Whether it was still here.
    private func withdraw(_ entry: Entry) -> Bool {
        let (wasHere, writer) = self.state.withLock { state in
            let before = state.queued.count + state.waiting.count
            state.queued.removeAll { $0.delivery === entry.delivery }
            state.waiting.removeAll { $0.delivery === entry.delivery }
            let wasHere = state.queued.count + state.waiting.count < before
            state.admitWaiting(capacity: self.capacity)
            return (wasHere, state.queued.isEmpty ? nil : state.writer.take())
        }
        writer?.resume()
        return wasHere
    }

    /// The writer takes all that is queued, and waits if there is nothing.
    ///
    /// - Returns: The commands, or nil when the queue is closed and empty.
    func next() async -> [Entry]? {
        while true {
            if let entries = self.take() { return entries.isEmpty ? nil : entries }
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    guard state.queued.isEmpty, !state.isClosed else { return true }
                    state.writer = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// - Returns: The queued commands; an empty array at the end, nil when there is nothing yet.
    private func take() -> [Entry]? {
        self.state.withLock { state in
            guard !state.queued.isEmpty else { return state.isClosed ? [] : nil }
            let entries = state.queued
            state.queued = []
            state.admitWaiting(capacity: self.capacity)
            return entries
        }
    }

    /// Takes no command any more.
    ///
    /// What is queued can still be taken, unless it is dropped; who waits for room is told that nothing was sent.
    ///
    /// - Parameter dropQueued: Whether there is nobody left to send to.
    func close(dropQueued: Bool) {
        let (dropped, writer) = self.state.withLock { state in
            state.isClosed = true
            var dropped = state.waiting
            state.waiting = []
            if dropQueued {
                dropped += state.queued
                state.queued = []
            }
            return (dropped, state.writer.take())
        }
        writer?.resume()
        for entry in dropped { entry.delivery.resolve(.failure(.commandNotSent)) }
    }
}

extension AgentRuntimeError {
    static var commandNotSent: AgentRuntimeError {
        AgentRuntimeError(.streamClosed, "The stream is closed or closing; the command was not sent.")
    }

    /// What became of a command whose message was not confirmed.
    init(delivering error: WebSocketError) {
        switch error.code {
        case .deliveryUnknown:
            self.init(.deliveryUnknown, "The connection ended while the command was on its way.", cause: error)
        case .sendTimedOut: self.init(.timedOut, error.message, cause: error)
        default: self.init(.streamClosed, error.message, cause: error)
        }
    }
}

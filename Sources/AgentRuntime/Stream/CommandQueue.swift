import WebSocketTransport
import WorkspaceProtocol

/// The commands on their way to the writer: bounded, in order, many senders and one writer.
final class CommandQueue: Sendable {
    typealias Admission = Outcome<Result<Void, any Error>>

    private struct Waiting {
        var command: WorkspaceCommand
        var admission: Admission
    }

    private struct State {
        var commands: [WorkspaceCommand] = []
        var waiting: [Waiting] = []
        var isClosed = false
        var writer: CheckedContinuation<Void, Never>?
    }

    private let capacity: Int
    private let state = Locked(State())

    init(capacity: Int) { self.capacity = capacity }

    /// How many senders wait for room.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    /// Queues a command; waits while the queue is full.
    ///
    /// - Throws: ``AgentRuntimeError`` with `streamClosed`, or `CancellationError`: the command is not sent.
    func enqueue(_ command: WorkspaceCommand) async throws {
        let (admission, writer) = try self.state.withLock { state in
            guard !state.isClosed else { throw AgentRuntimeError.commandNotSent }
            guard state.commands.count < self.capacity, state.waiting.isEmpty else {
                let admission = Admission()
                state.waiting.append(Waiting(command: command, admission: admission))
                return (Optional(admission), CheckedContinuation<Void, Never>?.none)
            }
            state.commands.append(command)
            return (nil, state.writer.take())
        }
        writer?.resume()
        guard let admission else { return }
        try await withTaskCancellationHandler {
            try await admission.wait().get()
        } onCancel: {
            self.giveUp(admission)
        }
    }

    private func giveUp(_ admission: Admission) {
        let stillWaited = self.state.withLock { state in
            let index = state.waiting.firstIndex { $0.admission === admission }
            if let index { state.waiting.remove(at: index) }
            return index != nil
        }
        if stillWaited { admission.resolve(.failure(CancellationError())) }
    }

    /// The writer takes all that is queued, and waits if there is nothing.
    ///
    /// - Returns: The commands, or nil when the queue is closed and empty.
    func next() async -> [WorkspaceCommand]? {
        while true {
            if let commands = self.take() { return commands.isEmpty ? nil : commands }
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    guard state.commands.isEmpty, !state.isClosed else { return true }
                    state.writer = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// - Returns: The queued commands; an empty array at the end, nil when there is nothing yet.
    private func take() -> [WorkspaceCommand]? {
        let (commands, admitted) = self.state.withLock { state -> ([WorkspaceCommand]?, ArraySlice<Waiting>) in
            guard !state.commands.isEmpty else { return (state.isClosed ? [] : nil, []) }
            let commands = state.commands
            let admitted = state.waiting.prefix(self.capacity)
            state.commands = admitted.map(\.command)
            state.waiting.removeFirst(admitted.count)
            return (commands, admitted)
        }
        for waiting in admitted { waiting.admission.resolve(.success(())) }
        return commands
    }

    /// Takes no command any more.
    ///
    /// What is queued can still be taken, unless it is dropped.
    ///
    /// - Parameter dropQueued: Whether there is nobody left to send to.
    func close(dropQueued: Bool) {
        let (waiting, writer) = self.state.withLock { state in
            state.isClosed = true
            if dropQueued { state.commands = [] }
            defer { state.waiting = [] }
            return (state.waiting, state.writer.take())
        }
        writer?.resume()
        for waiting in waiting { waiting.admission.resolve(.failure(AgentRuntimeError.commandNotSent)) }
    }
}

extension AgentRuntimeError {
    static var commandNotSent: AgentRuntimeError {
        AgentRuntimeError(.streamClosed, "The stream is closed or closing; the command was not sent.")
    }
}

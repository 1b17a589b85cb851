import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The only queue of commands before the connection: in order, with many senders, one writer and a capacity.
///
/// The first `capacity` commands are *queued*: a close still sends them. The others *wait for room*: a close tells
/// their senders that they were not sent. A command can be withdrawn until the writer has taken it. The writer takes it
/// when the connection has room, and gives it to the connection in the same step.
final class CommandQueue<Command: Sendable>: Sendable {
    /// The receipt of a command: tells its sender whether it was sent.
    typealias Receipt = Promise<Result<Void, AgentRuntimeError>>

    /// A command and its receipt.
    struct Entry: Sendable {
        let command: Command
        /// The caller that waits for the answer, if the command is a ping.
        let ping: PingWaiters.Ping?
        let receipt = Receipt()
    }

    /// Lets a sender withdraw its command, and wait for its receipt.
    struct Ticket: Sendable {
        fileprivate let number: WithdrawableQueue<Entry>.Number
        let receipt: Receipt
    }

    private struct State {
        var entries = WithdrawableQueue<Entry>()
        var isClosed = false
        var writer: CheckedContinuation<Void, Never>?
    }

    private let capacity: Int
    private let timeout: Duration
    private let timers: any RuntimeTimers
    private let state = Locked(State())

    /// - Parameters:
    ///   - capacity: The number of commands that can be queued; further senders wait.
    ///   - timeout: How long a sender waits until its command is sent.
    ///   - timers: The timers to use.
    init(capacity: Int, timeout: Duration, timers: any RuntimeTimers) {
        (self.capacity, self.timeout, self.timers) = (capacity, timeout, timers)
    }

    /// The number of queued commands.
    var queuedCount: Int { min(self.state.withLock { $0.entries.count }, self.capacity) }
    /// The number of senders that wait for room.
    var waitingCount: Int { max(0, self.state.withLock { $0.entries.count } - self.capacity) }

    /// Sends a command, and waits until the system has taken it, but no longer than the timeout.
    ///
    /// - Throws: ``AgentRuntimeError`` with `streamClosed` or `timedOut` (not sent) or `deliveryUnknown`;
    ///   `CancellationError`.
    func send(_ command: Command) async throws {
        let ticket = try self.enqueue(command)
        #if RED_CONTROLS
        if RedControl.isActive(.commandUnbounded) { return try await ticket.receipt.waitUnlessCancelled().get() }
        #endif
        let timer = self.timers.schedule(after: self.timeout) { self.timedOut(ticket) }
        defer { timer.cancel() }
        do {
            try await ticket.receipt.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            #if RED_CONTROLS
            if RedControl.isActive(.cancelledCommandSent) { throw error }
            #endif
            self.withdraw(ticket)
            throw error
        }
    }

    /// Sends commands one after the other, with no other command between them, like ``send(_:)``.
    ///
    /// What is sent is always the first part of them.
    ///
    /// - Throws: The errors of ``send(_:)``; `deliveryUnknown` also if only a part of them was sent.
    func send(all commands: [Command]) async throws {
        let tickets = try self.enqueue(all: commands)
        // The last one first, so that the writer takes no command after one that was withdrawn.
        let timer = self.timers.schedule(after: self.timeout) {
            for ticket in tickets.reversed() { self.timedOut(ticket) }
        }
        defer { timer.cancel() }
        var sent = 0
        do {
            for ticket in tickets {
                try await ticket.receipt.waitUnlessCancelled().get()
                sent += 1
            }
        } catch {
            for ticket in tickets[sent...].reversed() { self.withdraw(ticket) }
            guard sent > 0, let error = error as? AgentRuntimeError else { throw error }
            let message = "Only the first \(sent) of \(tickets.count) messages were sent: \(error.message)"
            throw AgentRuntimeError(.deliveryUnknown, message, cause: error)
        }
    }

    private func timedOut(_ ticket: Ticket) {
        guard ticket.receipt.value == nil else { return }
        #if RED_CONTROLS
        let wasHere =
            RedControl.isActive(.timedOutCommandSent) || self.withdraw(ticket)
            || RedControl.isActive(.takenCommandToldNotSent)
        #else
        let wasHere = self.withdraw(ticket)
        #endif
        ticket.receipt.resolve(.failure(wasHere ? .notSent(within: self.timeout) : .stillUnknown(self.timeout)))
    }

    /// Queues a command, or lets it wait for room; never waits itself.
    ///
    /// - Returns: The ticket to withdraw the command or to wait for its receipt.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed`.
    func enqueue(_ command: Command, for ping: PingWaiters.Ping? = nil) throws(AgentRuntimeError) -> Ticket {
        let entry = Entry(command: command, ping: ping)
        let (number, writer) = try self.state.withLock { state throws(AgentRuntimeError) in
            guard !state.isClosed else { throw .commandNotSent }
            return (state.entries.append(entry), state.writer.take())
        }
        writer?.resume()
        return Ticket(number: number, receipt: entry.receipt)
    }

    /// Queues commands with no other command between them, like ``enqueue(_:for:)``.
    ///
    /// - Returns: A ticket for each command.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed`; then none is queued.
    func enqueue(all commands: [Command]) throws(AgentRuntimeError) -> [Ticket] {
        let entries = commands.map { Entry(command: $0, ping: nil) }
        let (numbers, writer) = try self.state.withLock { state throws(AgentRuntimeError) in
            guard !state.isClosed else { throw .commandNotSent }
            return (entries.map { state.entries.append($0) }, state.writer.take())
        }
        writer?.resume()
        return zip(entries, numbers).map { Ticket(number: $1, receipt: $0.receipt) }
    }

    /// Withdraws a command; the next command that waits gets its room.
    ///
    /// - Returns: Whether the command was still here; then it is not sent.
    @discardableResult
    func withdraw(_ ticket: Ticket) -> Bool { self.state.withLock { $0.entries.withdraw(ticket.number) } != nil }

    /// Waits until there is a command; called only by the writer.
    ///
    /// The command stays in the queue, so that it can be withdrawn until the connection has room for it.
    ///
    /// - Returns: False if the queue is closed and empty.
    func waitForCommand() async -> Bool {
        while true {
            let (hasCommand, isClosed) = self.state.withLock { ($0.entries.count > 0, $0.isClosed) }
            if hasCommand || isClosed { return hasCommand }
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    guard state.entries.count == 0, !state.isClosed else { return true }
                    state.writer = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Takes the next command; called only by the writer.
    ///
    /// It takes one command at a time, so that all later commands can still be withdrawn.
    ///
    /// - Returns: The command, or nil if the last one was withdrawn or dropped.
    func takeFirst() -> Entry? { self.state.withLock { $0.entries.popFirst() } }

    /// Refuses commands from now on.
    ///
    /// The writer can still take queued commands, unless they are dropped. The senders of all other commands get an
    /// error: their command was not sent.
    ///
    /// - Parameter dropQueued: Whether to drop queued commands, too, because the connection will not send them.
    func close(dropQueued: Bool) {
        let (dropped, writer) = self.state.withLock { state in
            // After a first close, only queued commands are left.
            state.isClosed = true
            return (state.entries.dropAll(butFirst: dropQueued ? 0 : self.capacity), state.writer.take())
        }
        writer?.resume()
        for entry in dropped { entry.receipt.resolve(.failure(.commandNotSent)) }
    }
}

extension AgentRuntimeError {
    static var commandNotSent: AgentRuntimeError {
        AgentRuntimeError(.streamClosed, "The stream is closed or closing; the command was not sent.")
    }

    static func notSent(within timeout: Duration) -> AgentRuntimeError {
        AgentRuntimeError(.timedOut, "The command was not sent: earlier commands took more than \(timeout).")
    }

    static func stillUnknown(_ timeout: Duration) -> AgentRuntimeError {
        let message =
            "The system has not taken the command within \(timeout): the runtime does not read; it may get it later."
        return AgentRuntimeError(.deliveryUnknown, message)
    }

    /// Makes the error for a command whose message was not confirmed as sent.
    init(delivering error: WebSocketError) {
        switch error.code {
        case .deliveryUnknown:
            self.init(.deliveryUnknown, "The connection ended while the command was on its way.", cause: error)
        case .sendTimedOut: self.init(.timedOut, error.message, cause: error)
        default: self.init(.streamClosed, error.message, cause: error)
        }
    }
}

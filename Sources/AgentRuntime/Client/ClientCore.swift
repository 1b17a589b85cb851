import WebSocketTransport

/// Drives the ``StreamBarrier`` of one client: lock, decide, unlock, act.
final class ClientCore: Sendable {
    /// Starts a task that is already registered under this name.
    typealias Spawn = @Sendable (StreamTask, @escaping @Sendable () async -> Void) -> Void

    private struct State {
        var barrier = StreamBarrier()
        /// What the barrier's current stream consists of.
        var dial: (any RuntimeDial)?
        var stream: StreamCore?
        /// What the opener is in, while it dials.
        var dialling = TaskActivity(.connecting)
        /// The streams that have left the slot and whose waiters are being released.
        var leaving: [StreamBarrier.StreamID: WorkspaceStreamEnd] = [:]
        /// Resolves when the current stream, or attempt, has left the slot.
        var gone: Outcome<Void>?
    }

    private let transport: any RuntimeTransport
    private let configuration: AgentRuntimeConfiguration
    private let timers: any RuntimeTimers
    private let spawn: Spawn
    private let state = Locked(State())

    /// What a close may take after the connection was cut: then something holds a task, and the close says so.
    private static let grace = Duration.seconds(1)

    init(
        transport: any RuntimeTransport,
        timers: any RuntimeTimers,
        configuration: AgentRuntimeConfiguration,
        spawn: @escaping Spawn
    ) {
        self.transport = transport
        self.timers = timers
        self.configuration = configuration
        self.spawn = spawn
    }

    // MARK: Opening

    func open() async throws -> StreamCore {
        let dial = try self.prepareDial()
        let id = try self.beginDial(dial)
        let connection: any RuntimeConnection
        do {
            connection = try await dial.connect()
        } catch {
            throw self.dialFailed(id, error)
        }
        let stream = StreamCore(id: id, connection: connection, configuration: self.configuration)
        guard self.publish(stream) else {
            connection.abort(after: .zero)
            _ = await connection.waitUntilClosed()
            throw self.dialFailed(id, CancellationError())
        }
        self.start(stream)
        return stream
    }

    private func prepareDial() throws(AgentRuntimeError) -> any RuntimeDial {
        do {
            return try self.transport.dial()
        } catch {
            throw AgentRuntimeError(dialling: error)
        }
    }

    private func beginDial(_ dial: any RuntimeDial) throws(AgentRuntimeError) -> StreamBarrier.StreamID {
        let decision = self.state.withLock { state in
            let decision = state.barrier.open()
            if case .dial = decision {
                state.dial = dial
                state.dialling = TaskActivity(.connecting)
                state.gone = Outcome()
            }
            return decision
        }
        switch decision {
        case .dial(let id): return id
        case .refuseClosed: throw AgentRuntimeError(.clientClosed, "The client is closed.")
        case .refuseOpen:
            throw AgentRuntimeError(.alreadyOpen, "A stream is open or not yet drained; close it first.")
        }
    }

    /// Registers reader and writer and makes the stream visible, in one critical section.
    ///
    /// - Returns: False when the client was closed while the dial was in flight.
    private func publish(_ stream: StreamCore) -> Bool {
        self.state.withLock { state in
            guard state.barrier.dialSucceeded(stream.id) == .publish else { return false }
            state.dial = nil
            state.stream = stream
            return true
        }
    }

    /// Nothing is left of the dial: frees the slot.
    ///
    /// - Returns: What the opener is told.
    private func dialFailed(_ id: StreamBarrier.StreamID, _ error: any Error) -> any Error {
        let (gone, isClosed) = self.state.withLock { state -> (Outcome<Void>?, Bool) in
            guard state.barrier.dialEnded(id) else { return (nil, state.barrier.isClosed) }
            state.dial = nil
            return (state.gone, state.barrier.isClosed)
        }
        gone?.resolve(())
        if isClosed {
            return AgentRuntimeError(.closedWhileDialling, "The client was closed while the stream was being opened.")
        }
        return error is CancellationError ? error : AgentRuntimeError(dialling: error)
    }

    /// The tasks are registered already: whatever happens before they run waits for them.
    private func start(_ stream: StreamCore) {
        self.spawn(.reader) {
            let closure = await stream.read()
            self.connectionEnded(stream, closure)
            self.finishEvents(of: stream)
            self.left(stream, .reader)
        }
        self.spawn(.writer) {
            switch await stream.write() {
            case .finished: break
            case .connectionEnded(let closure): self.connectionEnded(stream, closure)
            case .failed(let error): self.writerFailed(stream, error)
            }
            self.left(stream, .writer)
        }
    }

    // MARK: Ending

    /// Asks the stream to end; never waits.
    func close(_ stream: StreamCore, _ reason: WorkspaceStreamEnd.Reason) {
        let action = self.state.withLock { $0.barrier.close(stream.id, reason) }
        switch action {
        case .shutDown: stream.shutDown(WorkspaceStreamEnd(reason))
        case .cut: stream.cut()
        case .cancelDial, .nothing: break
        }
    }

    private func connectionEnded(_ stream: StreamCore, _ closure: WebSocketClosure) {
        let reason: WorkspaceStreamEnd.Reason =
            if let error = closure.error { .failed(AgentRuntimeError(ending: error)) } else { .closedByServer(closure) }
        self.close(stream, reason)
    }

    /// The events end as the stream does: with an error only if that is its reason.
    private func finishEvents(of stream: StreamCore) {
        guard case .closing(let end) = self.state(of: stream) else { return stream.events.finish(nil) }
        stream.events.finish(end.error)
    }

    /// A writer that can't write ends the stream: nothing half-dead stays.
    private func writerFailed(_ stream: StreamCore, _ error: any Error) {
        let error = (error as? WebSocketError).map { AgentRuntimeError(ending: $0) }
        self.close(stream, .failed(error ?? AgentRuntimeError(.connectionLost, "A command could not be sent.")))
    }

    /// The last thing a task of the stream does.
    ///
    /// The last one frees the slot and then releases who waits.
    private func left(_ stream: StreamCore, _ task: StreamTask) {
        let (end, gone) = self.state.withLock { state -> (WorkspaceStreamEnd?, Outcome<Void>?) in
            guard let end = state.barrier.left(stream.id, task) else { return (nil, nil) }
            state.stream = nil
            state.leaving[stream.id] = end
            return (end, state.gone)
        }
        guard let end else { return }
        stream.closeRequested.resolve(end)
        stream.drained.resolve(end)
        self.state.withLock { $0.leaving[stream.id] = nil }
        gone?.resolve(())
    }

    /// Closes the client and waits for all that it started.
    ///
    /// - Returns: What was left behind when the time was over.
    func closeClient() async -> [StreamTaskReport] {
        guard let gone = self.requestClose() else { return [] }
        let isGone = await self.wait(for: gone) != nil
        return isGone ? [] : self.tasks
    }

    /// Waits until the stream is drained, or the time of a close is over.
    func waitUntilDrained(_ stream: StreamCore) async -> WorkspaceStreamEnd {
        if let end = await self.wait(for: stream.drained) { return end }
        switch self.state(of: stream) {
        case .drained(let end): return end
        case .closing(let end): return end.leaving(self.tasks)
        // Only a stream that was told to end is waited for.
        case .dialling, .open: return WorkspaceStreamEnd(.closed).leaving(self.tasks)
        }
    }

    /// Waits, also when the task is cancelled, but no longer than a close may take.
    ///
    /// - Returns: The value, or nil when the time was over first.
    private func wait<Value>(for outcome: Outcome<Value>) async -> Value? {
        let verdict = Outcome<Value?>()
        outcome.whenKnown { verdict.resolve($0) }
        let timer = self.timers.schedule(after: self.configuration.closeTimeout + Self.grace) { verdict.resolve(nil) }
        defer { timer.cancel() }
        return await verdict.wait()
    }

    /// Has `work` called after a time: for bounds of the stream's own.
    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        self.timers.schedule(after: delay, work)
    }

    /// Closes the client without waiting: what it started ends by itself.
    ///
    /// - Returns: What resolves when nothing is left, or nil when nothing was.
    @discardableResult
    func requestClose() -> Outcome<Void>? {
        let (action, dial, stream, gone) = self.state.withLock { state in
            (state.barrier.closeClient().action, state.dial, state.stream, state.gone)
        }
        switch action {
        case .cancelDial: dial?.cancel()
        case .shutDown: stream?.shutDown(WorkspaceStreamEnd(.closedByClient))
        case .cut, .nothing: break
        }
        return gone
    }

    // MARK: What can be seen

    var isClosed: Bool { self.state.withLock { $0.barrier.isClosed } }

    /// The tasks that work now, by name, with what they are in.
    var tasks: [StreamTaskReport] {
        let (members, dialling, stream) = self.state.withLock { ($0.barrier.members, $0.dialling, $0.stream) }
        return StreamTask.allCases.filter(members.contains).compactMap { task in
            switch task {
            case .dial: dialling.report(task)
            case .reader: stream?.reading.report(task)
            case .writer: stream?.writing.report(task)
            }
        }
    }

    func state(of stream: StreamCore) -> WorkspaceStreamState {
        let state = self.state.withLock { state in
            state.barrier.state(of: stream.id) ?? state.leaving[stream.id].map { .drained($0) }
        }
        // Who is neither in the slot nor leaving it has told its waiters.
        return state ?? .drained(stream.drained.value ?? WorkspaceStreamEnd(.closed))
    }
}

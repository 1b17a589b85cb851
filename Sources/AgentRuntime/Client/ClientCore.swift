import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// Drives the ``StreamBarrier`` of one client: lock, decide, unlock, act.
final class ClientCore: Sendable {
    /// Starts a task that is already registered under this name.
    typealias Spawn = @Sendable (StreamTask, @escaping @Sendable () async -> Void) -> Void

    struct State {
        var barrier = StreamBarrier()
        /// What the barrier's current stream consists of.
        var dial: (any RuntimeDial)?
        var stream: StreamCore?
        /// What the opener is in, while it dials.
        var dialling = TaskActivity(.connecting)
        /// The streams that have left the slot and whose waiters are being released.
        var leaving: [StreamBarrier.StreamID: WorkspaceStreamEnd] = [:]
        /// Resolves when the current stream, or attempt, has left the slot.
        var gone: Promise<Void>?
        /// Who wants to open a stream, and waits until another one has left the slot.
        var openers: [Opener] = []

        /// Those who are to look at the slot again.
        mutating func takeOpeners() -> [Opener] {
            defer { self.openers = [] }
            return self.openers
        }
    }

    /// Told true when it is to look at the slot again, false when its time is over.
    typealias Opener = Promise<Bool>

    private let transport: any RuntimeTransport
    let settings: ClientSettings
    let timers: any RuntimeTimers
    private let spawn: Spawn
    let state = Locked(State())

    init(
        transport: any RuntimeTransport,
        timers: any RuntimeTimers,
        settings: ClientSettings,
        spawn: @escaping Spawn
    ) {
        self.transport = transport
        self.timers = timers
        self.settings = settings
        self.spawn = spawn
    }

    // MARK: Opening

    func open() async throws -> StreamCore {
        let dial = try self.prepareDial()
        let id = try await self.takeSlot(for: dial)
        let connection: any RuntimeConnection
        do {
            connection = try await withTaskCancellationHandler {
                try await dial.connect()
            } onCancel: {
                if self.state.withLock({ $0.barrier.cancelDial(id) }) { dial.cancel() }
            }
        } catch {
            throw self.dialFailed(id, error)
        }
        let stream = StreamCore(id: id, connection: connection, settings: self.settings, timers: self.timers)
        guard self.publish(stream) else {
            connection.abort(after: .zero)
            _ = await connection.waitUntilClosed()
            throw self.dialFailed(id, CancellationError())
        }
        #if RED_CONTROLS
        if RedControl.isActive(.publishBeforeRegister) {
            try? await Task.sleep(for: .milliseconds(1))
            self.registerLate(stream, .reader)
            self.registerLate(stream, .writer)
        }
        #endif
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

    /// What an opener finds in the slot.
    private enum Slot {
        /// Nothing: it is the opener's now.
        case taken(StreamBarrier.StreamID)
        /// Something that is on its way out.
        case leaving(Opener)
    }

    /// Takes the slot, as soon as what was told to end has left it.
    private func takeSlot(for dial: any RuntimeDial) async throws -> StreamBarrier.StreamID {
        while true {
            switch try self.beginDial(dial) {
            case .taken(let id): return id
            case .leaving(let opener): try await self.waitForSlot(opener)
            }
        }
    }

    private func beginDial(_ dial: any RuntimeDial) throws(AgentRuntimeError) -> Slot {
        try self.state.withLock { state throws(AgentRuntimeError) in
            switch state.barrier.open() {
            case .dial(let id):
                state.dial = dial
                state.dialling = TaskActivity(.connecting)
                state.gone = Promise()
                return .taken(id)
            case .wait:
                // In the same critical section: else it could leave unseen.
                let opener = Opener()
                state.openers.append(opener)
                return .leaving(opener)
            case .refuseClosed: throw AgentRuntimeError(.clientClosed, "The client is closed.")
            case .refuseOpen:
                throw AgentRuntimeError(.alreadyOpen, "The client has a stream, or opens one; close it first.")
            }
        }
    }

    /// As long as a close may take.
    private var openerLimit: Duration {
        #if RED_CONTROLS
        if RedControl.isActive(.openerUnbounded) { return .seconds(3600) }
        #endif
        return self.settings.configuration.closeTimeout + Self.grace
    }

    /// Waits no longer than a close may take.
    private func waitForSlot(_ opener: Opener) async throws {
        let limit = self.openerLimit
        let timer = self.timers.schedule(after: limit) { opener.resolve(false) }
        defer {
            timer.cancel()
            self.state.withLock { state in state.openers.removeAll { $0 === opener } }
        }
        guard try await !opener.waitUnlessCancelled() else { return }
        let left = self.tasks.map(\.description).joined(separator: ", ")
        let message = "The last stream was told to end and is still there after \(limit): \(left)."
        throw AgentRuntimeError(.alreadyOpen, message)
    }

    /// Registers reader and writer and makes the stream visible, in one critical section.
    ///
    /// - Returns: False when the client was closed, or the opener cancelled, while the dial was in flight.
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
        let (gone, openers, isClosed) = self.state.withLock { state -> (Promise<Void>?, [Opener], Bool) in
            guard state.barrier.dialEnded(id) else { return (nil, [], state.barrier.isClosed) }
            state.dial = nil
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWokenByDial) { return (state.gone, [], state.barrier.isClosed) }
            #endif
            return (state.gone, state.takeOpeners(), state.barrier.isClosed)
        }
        gone?.resolve(())
        for opener in openers { opener.resolve(true) }
        if isClosed {
            return AgentRuntimeError(.closedWhileDialling, "The client was closed while the stream was being opened.")
        }
        return error is CancellationError ? error : AgentRuntimeError(dialling: error)
    }

    /// The tasks are registered already: whatever happens before they run waits for them.
    private func start(_ stream: StreamCore) {
        // What a task needs only at its end is in a function of its own: its frame would else be held all the time, and with
        // it another kilobyte for each of the two.
        self.spawn(.reader) {
            #if RED_CONTROLS
            if RedControl.isActive(.registerInTheTask) { self.registerLate(stream, .reader) }
            #endif
            await stream.read()
            await self.endReading(stream)
        }
        self.spawn(.writer) {
            #if RED_CONTROLS
            if RedControl.isActive(.registerInTheTask) { self.registerLate(stream, .writer) }
            #endif
            let failure = await stream.write()
            await self.endWriting(stream, failure)
        }
    }

    @inline(never)
    private func endReading(_ stream: StreamCore) async {
        let closure = await stream.finishReading()
        #if RED_CONTROLS
        if RedControl.isActive(.eventsEndEarly) { stream.events.finish(nil) }
        #endif
        self.connectionEnded(stream, closure)
        self.left(stream, .reader)
    }

    @inline(never)
    private func endWriting(_ stream: StreamCore, _ failure: (any Error)?) async {
        switch await stream.finishWriting(failure) {
        case .finished: break
        case .connectionEnded(let closure): self.connectionEnded(stream, closure)
        #if RED_CONTROLS
        case .failed where RedControl.isActive(.writerExitIgnored): break
        #endif
        case .failed(let error): self.writerFailed(stream, error)
        }
        self.left(stream, .writer)
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

#if RED_CONTROLS
extension ClientCore {
    fileprivate func registerLate(_ stream: StreamCore, _ task: StreamTask) {
        self.state.withLock { $0.barrier.register(stream.id, task) }
    }
}
#endif

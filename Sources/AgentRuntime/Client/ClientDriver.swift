import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Drives the ``ClientLifetime`` of one client: lock, decide, unlock, act.
final class ClientDriver: Sendable {
    typealias Spawn = AgentRuntimeClient.Spawn
    typealias Opener = SlotOccupant.Opener

    struct State {
        var lifetime = ClientLifetime()
        /// The occupants of all slots that are not idle.
        var occupants: [SlotOccupant] = []
        /// The streams that have left their slots, but whose last task is not done: it still resumes the waiters.
        var leaving: [StreamID: Leaving] = [:]
        /// The registered members that are no streams.
        var members: [ClientLifetime.MemberID: ClientMember] = [:]
        /// The control calls; nil before the first use.
        var control: RuntimeControl?
        /// What the agent streams share; nil before the first one.
        var initialization: AgentInitialization?
        /// The check of the instance; nil while no stream is open.
        var instanceWatch: InstanceWatch?

        /// What is known of a stream while its last task leaves.
        struct Leaving {
            let end: StreamEnd
            /// Resolves when the last task is done; see ``SlotOccupant/ended``.
            var ended: Promise<Void>?
        }

        func occupant(_ id: StreamID) -> SlotOccupant? { self.occupants.first { $0.id == id } }

        @discardableResult
        mutating func change<Value>(_ id: StreamID, _ step: (inout SlotOccupant) -> Value) -> Value? {
            guard let index = self.occupants.firstIndex(where: { $0.id == id }) else { return nil }
            return step(&self.occupants[index])
        }

        /// Removes the occupant of a slot that is idle now.
        ///
        /// - Returns: The occupant, with the openers that wait for the slot.
        mutating func remove(_ id: StreamID) -> SlotOccupant? {
            self.occupants.firstIndex { $0.id == id }.map { self.occupants.remove(at: $0) }
        }

        /// A promise for each stream whose last task is leaving; it resolves when this task is done.
        mutating func promisesOfLeaving() -> [Promise<Void>] {
            self.leaving.keys.map { id in
                let ended = self.leaving[id]?.ended ?? Promise()
                self.leaving[id]?.ended = ended
                return ended
            }
        }

        /// Takes all waiting openers; they must look at their slots again.
        mutating func takeOpeners() -> [Opener] {
            defer { for index in self.occupants.indices { self.occupants[index].openers = [] } }
            return self.occupants.flatMap(\.openers)
        }
    }

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

    func open<Kind: StreamKind>(_ kind: Kind) async throws -> StreamCore<Kind> {
        let tracer = self.settings.configuration.activeTracer
        guard let span = RuntimeSpan("agentctl.dial", tracer) else { return try await self.dial(kind) }
        span.set(self.settings.endpoint)
        span.set("url.template", AgentctlAPI.template(of: kind.path))
        do {
            let stream = try await self.dial(kind, in: span)
            span.end()
            return stream
        } catch {
            span.end(error)
            throw error
        }
    }

    private func dial<Kind: StreamKind>(_ kind: Kind, in span: RuntimeSpan? = nil) async throws -> StreamCore<Kind> {
        var target = StreamTarget(endpoint: self.settings.endpoint, path: kind.path, query: kind.query)
        if let span { target.traceFields = span.fields }
        let dial = kind.extend(try self.prepareDial(target), self.control)
        let id = try await self.takeSlot(kind.slot, for: dial)
        let connection: any RuntimeConnection
        do {
            connection = try await withTaskCancellationHandler {
                // Only this is in the span: the tasks of the stream live longer.
                guard let span else { return try await dial.connect() }
                return try await span.run { try await dial.connect() }
            } onCancel: {
                if self.state.withLock({ $0.lifetime.cancelDial(id) }) { dial.cancel() }
            }
        } catch {
            throw self.dialFailed(id, error)
        }
        let stream = StreamCore(
            kind,
            id: id,
            connection: connection,
            settings: self.settings,
            timers: self.timers
        )
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
        self.watchInstance()
        return stream
    }

    private func prepareDial(_ target: StreamTarget) throws(AgentRuntimeError) -> any RuntimeDial {
        do {
            return try self.transport.dial(target)
        } catch let error as AgentRuntimeError {
            throw error
        } catch {
            throw AgentRuntimeError(dialling: error)
        }
    }

    /// What an opener found in the slot.
    private enum Slot {
        /// Nothing; now the slot belongs to the opener.
        case taken(StreamID)
        /// A stream or an attempt that is ending; the opener waits for it.
        case leaving(StreamID, Opener)
    }

    /// Takes a slot; if a stream or an attempt in it is ending, waits for that first.
    private func takeSlot(_ name: StreamSlot.Name, for dial: any RuntimeDial) async throws -> StreamID {
        while true {
            switch try self.beginDial(dial, in: name) {
            case .taken(let id): return id
            case .leaving(let id, let opener): try await self.wait(opener, until: id)
            }
        }
    }

    private func beginDial(_ dial: any RuntimeDial, in name: StreamSlot.Name) throws(AgentRuntimeError) -> Slot {
        try self.state.withLock { state throws(AgentRuntimeError) in
            switch state.lifetime.open(name) {
            case .dial(let id):
                state.occupants.append(SlotOccupant(id: id, dial: dial))
                return .taken(id)
            case .wait(let id):
                // In the same critical section: else the stream could leave before the opener waits for it.
                let opener = Opener()
                state.change(id) { $0.openers.append(opener) }
                return .leaving(id, opener)
            case .refuseClosed: throw AgentRuntimeError(.clientClosed, "The client is closed.")
            case .refuseOpen:
                throw AgentRuntimeError(.alreadyOpen, "The client has a stream, or opens one; close it first.")
            }
        }
    }

    /// The longest time that a close may take.
    private var openerLimit: Duration {
        #if RED_CONTROLS
        if RedControl.isActive(.openerUnbounded) { return .seconds(3600) }
        #endif
        return self.settings.configuration.closeTimeout + Self.grace
    }

    /// Waits until a stream or an attempt has left its slot, but no longer than a close may take.
    private func wait(_ opener: Opener, until id: StreamID) async throws {
        let limit = self.openerLimit
        let timer = self.timers.schedule(after: limit) { opener.resolve(.timeOver) }
        defer {
            timer.cancel()
            self.state.withLock { state in state.change(id) { $0.openers.removeAll { $0 === opener } } }
        }
        switch try await opener.waitUnlessCancelled() {
        case .lookAgain: return
        case .streamsClosed: throw Self.closedWhileDialling("All streams of the client were")
        case .timeOver: break
        }
        let left = self.tasks(of: id).map(\.description).joined(separator: ", ")
        let message = "The last stream was told to end and is still there after \(limit): \(left)."
        throw AgentRuntimeError(.alreadyOpen, message)
    }

    /// Registers the tasks of a stream and makes it visible, in one critical section.
    ///
    /// - Returns: False if the client was closed or the opener was cancelled during the dial.
    private func publish(_ stream: StreamCore<some StreamKind>) -> Bool {
        self.state.withLock { state in
            guard state.lifetime.dialSucceeded(stream.id, members: stream.members) == .publish else { return false }
            state.change(stream.id) { $0.opened(stream) }
            return true
        }
    }

    /// Frees the slot after a dial of which nothing is left.
    ///
    /// - Returns: The error for the opener.
    private func dialFailed(_ id: StreamID, _ error: any Error) -> any Error {
        let (occupant, isClosed) = self.state.withLock { state in
            (state.lifetime.dialEnded(id) ? state.remove(id) : nil, state.lifetime.isClosed)
        }
        // The last stream may have left while this dial kept the check going.
        self.stopWatchingInstance()
        occupant?.ended?.resolve(())
        for opener in occupant?.openers ?? [] {
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWokenByDial) { break }
            #endif
            opener.resolve(.lookAgain)
        }
        if isClosed { return Self.closedWhileDialling("The client was") }
        guard error is CancellationError else {
            return (error as? AgentRuntimeError) ?? AgentRuntimeError(dialling: error)
        }
        // If nobody has cancelled the opener, the dial was cancelled by a close of all streams.
        return Task.isCancelled ? error : Self.closedWhileDialling("All streams of the client were")
    }

    private static func closedWhileDialling(_ subject: String) -> AgentRuntimeError {
        AgentRuntimeError(.closedWhileDialling, "\(subject) closed while the stream was being opened.")
    }

    /// Starts the tasks of a stream; they are already registered, so a close before they run waits for them, too.
    private func start(_ stream: StreamCore<some StreamKind>) {
        // The last steps of each task are in their own function. Otherwise their frame would exist as long as the task,
        // and would cost another kilobyte per task.
        //
        // The reader decodes on the thread that has just read the bytes: waking another one costs more than decoding a
        // few events. The executor is given to the whole task, because changing it inside of the task would cost a
        // kilobyte, too.
        self.spawn(.reader, stream.connection.executor) {
            #if RED_CONTROLS
            if RedControl.isActive(.registerInTheTask) { self.registerLate(stream, .reader) }
            #endif
            await stream.read()
            await self.endReading(stream)
        }
        self.spawn(.writer, nil) {
            #if RED_CONTROLS
            if RedControl.isActive(.registerInTheTask) { self.registerLate(stream, .writer) }
            #endif
            let failure = await stream.write()
            await self.endWriting(stream, failure)
        }
    }

    @inline(never)
    private func endReading(_ stream: StreamCore<some StreamKind>) async {
        let closure = await stream.finishReading()
        #if RED_CONTROLS
        if RedControl.isActive(.eventsEndEarly) { stream.finishEvents(nil) }
        #endif
        self.connectionEnded(stream, closure)
        self.left(stream, .reader)
    }

    @inline(never)
    private func endWriting(_ stream: StreamCore<some StreamKind>, _ failure: (any Error)?) async {
        switch await stream.finishWriting(failure) {
        case .finished: break
        case .connectionEnded(let closure): self.connectionEnded(stream, closure)
        #if RED_CONTROLS
        case .failed where RedControl.isActive(.writerEndIgnored): break
        #endif
        case .failed(let error): self.writerFailed(stream, error)
        }
        self.left(stream, .writer)
    }

    // MARK: Reading the state

    var isClosed: Bool { self.state.withLock { $0.lifetime.isClosed } }

    /// The tasks that have not left, with their activities; the oldest stream first, then the members that are no streams.
    var tasks: [StreamTaskReport] {
        let (working, members) = self.state.withLock { state in
            (
                state.occupants.map { ($0, state.lifetime.members(of: $0.id)) },
                state.lifetime.members.compactMap { state.members[$0] }
            )
        }
        return working.flatMap { $0.reports(of: $1) } + members.compactMap(\.report)
    }

    /// The tasks of one stream or attempt that have not left.
    func tasks(of id: StreamID) -> [StreamTaskReport] {
        let (occupant, members) = self.state.withLock { ($0.occupant(id), $0.lifetime.members(of: id)) }
        return occupant?.reports(of: members) ?? []
    }

    func state(of stream: any RunningStream) -> StreamState {
        let state = self.state.withLock { state in
            state.lifetime.state(of: stream.id) ?? state.leaving[stream.id].map { .drained($0.end) }
        }
        // A stream that is neither in its slot nor in `leaving` has already resumed its waiters.
        return state ?? .drained(stream.drained.value ?? StreamEnd(.closed))
    }
}

#if RED_CONTROLS
extension ClientDriver {
    fileprivate func registerLate(_ stream: any RunningStream, _ task: StreamTask) {
        self.state.withLock { $0.lifetime.register(stream.id, task) }
    }
}
#endif

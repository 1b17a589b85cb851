#if RED_CONTROLS
internal import RedControls
#endif

/// The place for one stream in a client, as a pure value.
///
/// ```
///           open            dialSucceeded                close, or a task left           last task left
///   idle ─────────► dialling ────────────► open ──────────────────────────► closing ──────────────────► idle
///    ▲                 │       (tasks registered, then visible)                                           │
///    └── dialEnded ────┴──────────────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// - `idle`: there is no stream, and nothing to wait for. It can become `dialling`.
/// - `dialling`: one dial runs. It can become `open` or `idle`; after the dial was told to end, only `idle`.
/// - `open`: the stream is visible and its tasks are registered. It can become `closing`.
/// - `closing`: the stream still occupies the slot, so no other one can overlap it. It becomes `idle` when its last
///   task has left.
///
/// It keeps four rules:
///
/// 1. *Register before publish.* ``dialSucceeded(_:members:)`` registers the tasks and makes the stream visible in one
///    step. So a caller that sees the stream can already wait for its tasks.
/// 2. *Re-check after the dial.* The dial runs outside the lock. Its connection is published only if the slot still
///    belongs to this dial, and neither its opener nor a close of the client has told it to end.
/// 3. *The slot becomes idle after the tasks have left,* never before. So a close that comes in between still waits.
/// 4. *The first cause is the reason.* A stream has one reason for its end; later errors are attached to it.
///
/// The driver says which tasks a stream has. ``ClientLifetime`` holds the slots: one for each stream that the client
/// can have at the same time.
struct StreamSlot: Sendable {
    /// The name of a slot in its client.
    struct Name: Sendable, Hashable { let rawValue: String }

    private enum State: Sendable {
        case idle
        case dialling(StreamID, isCancelled: Bool)
        case open(StreamID, members: StreamTasks)
        case closing(StreamID, members: StreamTasks, end: StreamEnd)
    }

    private var state = State.idle

    /// What the driver does after `open`.
    enum OnOpen: Sendable, Hashable {
        /// Dial, outside the lock.
        case dial
        /// A stream is open, or is being opened.
        case refuseOpen
        /// Wait: this stream or attempt was told to end, but is still in the slot. Call `open` again when it has left.
        case wait(StreamID)
    }

    /// An opener wants a stream.
    ///
    /// - Parameter id: The name for the attempt, if one begins.
    /// - Returns: What to do; only after `dial` has an attempt begun.
    mutating func open(as id: StreamID) -> OnOpen {
        switch self.state {
        case .idle: break
        #if RED_CONTROLS
        case _ where RedControl.isActive(.refusedWhileClosing): return .refuseOpen
        #endif
        case .dialling(_, isCancelled: false), .open: return .refuseOpen
        case .dialling(let id, isCancelled: true), .closing(let id, _, _): return .wait(id)
        }
        self.state = .dialling(id, isCancelled: false)
        return .dial
    }

    /// What the driver does after a successful dial.
    enum OnDialSucceeded: Sendable, Hashable {
        /// The tasks are registered and the stream is visible: start them.
        case publish
        /// The dial was told to end: end the connection, then call `dialEnded`.
        case discard
    }

    /// The dial has a connection.
    ///
    /// - Parameters:
    ///   - id: The dial.
    ///   - members: The tasks of the new stream.
    /// - Returns: Whether to publish the stream or to discard the connection.
    mutating func dialSucceeded(_ id: StreamID, members: StreamTasks) -> OnDialSucceeded {
        #if RED_CONTROLS
        self.mistake(id)
        if RedControl.isActive(.noRecheckAfterDial), case .dialling(id, _) = self.state {
            self.state = .open(id, members: members)
            return .publish
        }
        #endif
        guard case .dialling(id, isCancelled: false) = self.state else { return .discard }
        self.state = .open(id, members: members)
        #if RED_CONTROLS
        if Self.registersLate { self.state = .open(id, members: []) }
        #endif
        return .publish
    }

    /// The opener was cancelled, so the dial must end without a stream.
    ///
    /// - Returns: Whether to tell the dial to end; false if it was already told, or already has a stream.
    mutating func cancelDial(_ id: StreamID) -> Bool {
        guard case .dialling(id, isCancelled: false) = self.state else { return false }
        self.state = .dialling(id, isCancelled: true)
        return true
    }

    /// The dial has failed, or its connection was discarded; nothing of it is left.
    ///
    /// - Returns: Whether the slot is idle now; then resume the waiting tasks.
    mutating func dialEnded(_ id: StreamID) -> Bool {
        #if RED_CONTROLS
        self.mistake(id)
        #endif
        guard case .dialling(id, _) = self.state else { return false }
        self.state = .idle
        return true
    }

    /// What the driver does after `close`.
    enum OnClose: Sendable, Hashable {
        /// End the stream; this was the first cause.
        case beginEnd
        /// Abort the connection: the stream is ending gracefully, but has nothing more to wait for.
        case abort
        /// Tell the dial to end.
        case cancelDial
        /// Nothing: the close has already begun, or the stream has ended.
        case nothing
    }

    /// Asks the stream to end.
    ///
    /// - Parameters:
    ///   - id: The stream; one that has ended is ignored.
    ///   - reason: The reason; the first reason counts, and later errors are attached to it.
    /// - Returns: What to do.
    mutating func close(_ id: StreamID, _ reason: StreamEnd.Reason) -> OnClose {
        #if RED_CONTROLS
        self.mistake(id)
        if Self.registersLate, case .open(id, let members) = self.state, members.isEmpty {
            self.state = .idle
            return .beginEnd
        }
        #endif
        switch self.state {
        case .open(id, let members):
            self.state = .closing(id, members: members, end: StreamEnd(reason))
            return .beginEnd
        case .closing(id, let members, var end):
            end.attach(reason)
            self.state = .closing(id, members: members, end: end)
            return end.isGraceful && reason.abortsClose ? .abort : .nothing
        case .dialling(id, let isCancelled):
            self.state = .dialling(id, isCancelled: true)
            return isCancelled ? .nothing : .cancelDial
        default: return .nothing
        }
    }

    /// A registered task has left.
    ///
    /// - Returns: The end of the stream if this was its last task; then the slot is idle.
    mutating func left(_ id: StreamID, _ task: StreamTask) -> StreamEnd? {
        #if RED_CONTROLS
        self.mistake(id)
        #endif
        guard case .closing(id, var members, let end) = self.state else { return nil }
        members.remove(task)
        #if RED_CONTROLS
        if RedControl.isActive(.slotClearedEarly) { members = [] }
        #endif
        guard members.isEmpty else {
            self.state = .closing(id, members: members, end: end)
            return nil
        }
        self.state = .idle
        return end
    }

    // MARK: Reading the state

    /// The stream or attempt in the slot; nil if the slot is idle.
    var current: StreamID? {
        switch self.state {
        case .idle: nil
        case .dialling(let id, _), .open(let id, _), .closing(let id, _, _): id
        }
    }

    /// The tasks of the stream that have not left.
    var members: StreamTasks {
        switch self.state {
        case .idle: []
        case .dialling: [.dial]
        case .open(_, let members), .closing(_, let members, _): members
        }
    }

    /// The state of the stream; nil if it is not in this slot.
    func state(of id: StreamID) -> StreamState? {
        switch self.state {
        case .dialling(id, _): .dialling
        case .open(id, _): .open
        case .closing(id, _, let end): .closing(end)
        default: nil
        }
    }
}

#if RED_CONTROLS
extension StreamSlot {
    /// Whether the tasks of a stream are registered only after it is published.
    static var registersLate: Bool {
        RedControl.isActive(.publishBeforeRegister) || RedControl.isActive(.registerInTheTask)
    }

    mutating func register(_ id: StreamID, _ task: StreamTask) {
        switch self.state {
        case .open(id, var members):
            members.insert(task)
            self.state = .open(id, members: members)
        case .closing(id, var members, let end):
            members.insert(task)
            self.state = .closing(id, members: members, end: end)
        default: break
        }
    }

    /// Mistakes a report about an ended stream for a report about the current stream.
    private mutating func mistake(_ id: StreamID) {
        guard RedControl.isActive(.identityCheckDropped) else { return }
        switch self.state {
        case .idle: break
        case .dialling(_, let isCancelled): self.state = .dialling(id, isCancelled: isCancelled)
        case .open(_, let members): self.state = .open(id, members: members)
        case .closing(_, let members, let end): self.state = .closing(id, members: members, end: end)
        }
    }
}
#endif

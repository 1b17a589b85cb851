#if RED_CONTROLS
internal import RedControls
#endif

/// Names one attempt to open a stream, and the stream that comes of it; never used twice.
struct StreamID: Sendable, Hashable {
    /// The slot it is for.
    let slot: StreamSlot.Name
    /// Its number among all of the client.
    let number: UInt64
}

/// The place for one stream as a pure value: who may see the stream, who still works for it, why it ended.
///
/// ```
///           open            dialSucceeded                close, or a task left           last task left
///   idle ─────────► dialling ────────────► open ──────────────────────────► closing ──────────────────► idle
///    ▲                 │       (tasks registered, then visible)                                           │
///    └── dialEnded ────┴──────────────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// - `idle`: no stream, nothing to wait for; can become `dialling`.
/// - `dialling`: one dial is in flight, and can be told to end; can become `open`, or `idle`: always that, once told.
/// - `open`: the stream is visible and its tasks are registered; can become `closing`.
/// - `closing`: still visible, so that nobody overlaps it; can become `idle` when the last task has left.
///
/// The four rules this exists for:
///
/// 1. *Register before publish.* ``dialSucceeded(_:members:)`` registers the tasks and makes the stream visible in one
///    step: whoever can see the stream can already wait for its tasks.
/// 2. *Re-check after the dial.* The dial runs outside the lock; what it found is published only if it is still the one
///    that was registered, and nobody has told it to end: neither its opener nor a close of the client.
/// 3. *The slot is cleared after the tasks have left,* never before: a close that comes in between still waits.
/// 4. *First cause wins.* The end has one reason; what went wrong afterwards is attached to it.
///
/// Which tasks a stream has is not known here: they are handed in. A client has a slot for each stream that it can have
/// at the same time; ``ClientLifetime`` holds them.
struct StreamSlot: Sendable {
    /// Names a slot in its client.
    struct Name: Sendable, Hashable { let rawValue: String }

    private enum State: Sendable {
        case idle
        case dialling(StreamID, isCancelled: Bool)
        case open(StreamID, members: Set<StreamTask>)
        case closing(StreamID, members: Set<StreamTask>, end: WorkspaceStreamEnd)
    }

    private var state = State.idle

    /// What `open` leads to.
    enum OnOpen: Sendable, Hashable {
        /// Dial, outside the lock.
        case dial
        /// A stream is open, or being opened.
        case refuseOpen
        /// This stream, or attempt, was told to end and has not left: ask again when it has.
        case wait(StreamID)
    }

    /// Somebody wants a stream.
    ///
    /// - Parameter id: The name of the attempt, if it is one.
    /// - Returns: Whether it is.
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

    /// What a successful dial leads to.
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
    ///   - members: The tasks of the stream that comes of it.
    /// - Returns: Whether it comes.
    mutating func dialSucceeded(_ id: StreamID, members: Set<StreamTask>) -> OnDialSucceeded {
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

    /// Whoever opens has gone: nothing comes of the dial.
    ///
    /// - Returns: Whether to tell the dial to end; false when it was told, or there is a stream already.
    mutating func cancelDial(_ id: StreamID) -> Bool {
        guard case .dialling(id, isCancelled: false) = self.state else { return false }
        self.state = .dialling(id, isCancelled: true)
        return true
    }

    /// The dial failed, or its connection was discarded, and nothing is left of it.
    ///
    /// - Returns: Whether this freed the slot, so that who waits for it is to be released.
    mutating func dialEnded(_ id: StreamID) -> Bool {
        #if RED_CONTROLS
        self.mistake(id)
        #endif
        guard case .dialling(id, _) = self.state else { return false }
        self.state = .idle
        return true
    }

    /// What a close leads to.
    enum OnClose: Sendable, Hashable {
        /// End the stream; this was the first cause.
        case shutDown
        /// It is ending gracefully: cut it short, there is nothing to wait for any more.
        case cut
        /// Tell the dial to end.
        case cancelDial
        /// It is under way already, or over.
        case nothing
    }

    /// The stream is to end.
    ///
    /// - Parameters:
    ///   - id: The stream; one that is over already is ignored.
    ///   - reason: Why; the first reason counts, later errors are attached to it.
    /// - Returns: What to do.
    mutating func close(_ id: StreamID, _ reason: WorkspaceStreamEnd.Reason) -> OnClose {
        #if RED_CONTROLS
        self.mistake(id)
        if Self.registersLate, case .open(id, let members) = self.state, members.isEmpty {
            self.state = .idle
            return .shutDown
        }
        #endif
        switch self.state {
        case .open(id, let members):
            self.state = .closing(id, members: members, end: WorkspaceStreamEnd(reason))
            return .shutDown
        case .closing(id, let members, var end):
            end.attach(reason)
            self.state = .closing(id, members: members, end: end)
            return end.isGraceful && reason.cutsShort ? .cut : .nothing
        case .dialling(id, let isCancelled):
            self.state = .dialling(id, isCancelled: true)
            return isCancelled ? .nothing : .cancelDial
        default: return .nothing
        }
    }

    /// A registered task has left.
    ///
    /// - Returns: The end of the stream if this was its last task, and the slot is free now.
    mutating func left(_ id: StreamID, _ task: StreamTask) -> WorkspaceStreamEnd? {
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

    // MARK: What can be seen

    /// The stream, or the attempt, that is here now; nil when the slot is idle.
    var current: StreamID? {
        switch self.state {
        case .idle: nil
        case .dialling(let id, _), .open(let id, _), .closing(let id, _, _): id
        }
    }

    /// The tasks that still work for the stream, by name.
    var members: Set<StreamTask> {
        switch self.state {
        case .idle: []
        case .dialling: [.dial]
        case .open(_, let members), .closing(_, let members, _): members
        }
    }

    /// Where the stream is in its life.
    func state(of id: StreamID) -> WorkspaceStreamState? {
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

    /// Takes a report about a stream that is over for one about the current stream.
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

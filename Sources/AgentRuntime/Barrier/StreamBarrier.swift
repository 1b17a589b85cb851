#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a client's streams as a pure value: who may see a stream, who still works for it, why it ended.
///
/// ```
///           open            dialSucceeded                close, or a task left           last task left
///   idle ─────────► dialling ────────────► open ──────────────────────────► closing ──────────────────► idle
///    ▲                 │  (reader and writer registered, then visible)                                    │
///    └── dialEnded ────┴──────────────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// - `idle`: no stream, nothing to wait for; can become `dialling`, unless the client is closed.
/// - `dialling`: one dial is in flight, and can be told to end; can become `open`, or `idle`: always that, once told.
/// - `open`: the stream is visible and its tasks are registered; can become `closing`.
/// - `closing`: still visible, so that nobody overlaps it; can become `idle` when the last task has left.
///
/// The four rules this exists for:
///
/// 1. *Register before publish.* ``dialSucceeded(_:)`` registers reader and writer and makes the stream visible in one
///    step: whoever can see the stream can already wait for its tasks.
/// 2. *Re-check after the dial.* The dial runs outside the lock; what it found is published only if the client is
///    still open and the dial is still the one that was registered.
/// 3. *The slot is cleared after the tasks have left,* never before: a close that comes in between still waits.
/// 4. *First cause wins.* The end has one reason; what went wrong afterwards is attached to it.
///
/// The driver holds the value behind one lock, and performs what a method returns after unlocking.
struct StreamBarrier: Sendable {
    /// Names one attempt to open a stream, and the stream that comes of it; never used twice.
    struct StreamID: Sendable, Hashable { let rawValue: UInt64 }

    private enum Slot: Sendable {
        case idle
        case dialling(StreamID, isCancelled: Bool)
        case open(StreamID, members: Set<StreamTask>)
        case closing(StreamID, members: Set<StreamTask>, end: WorkspaceStreamEnd)
    }

    private var slot = Slot.idle
    private var nextID: UInt64 = 1
    /// Whether the client was closed: then nothing can be opened any more.
    private(set) var isClosed = false

    /// What `open` leads to.
    enum OnOpen: Sendable, Hashable {
        /// Dial, outside the lock, under this name.
        case dial(StreamID)
        /// The client is closed.
        case refuseClosed
        /// A stream is open, or being opened.
        case refuseOpen
        /// This stream, or attempt, was told to end and has not left: ask again when it has.
        case wait(StreamID)
    }

    /// Somebody wants a stream.
    mutating func open() -> OnOpen {
        guard !self.isClosed else { return .refuseClosed }
        switch self.slot {
        case .idle: break
        #if RED_CONTROLS
        case _ where RedControl.isActive(.refusedWhileClosing): return .refuseOpen
        #endif
        case .dialling(_, isCancelled: false), .open: return .refuseOpen
        case .dialling(let id, isCancelled: true), .closing(let id, _, _): return .wait(id)
        }
        let id = StreamID(rawValue: self.nextID)
        self.nextID += 1
        self.slot = .dialling(id, isCancelled: false)
        return .dial(id)
    }

    /// What a successful dial leads to.
    enum OnDialSucceeded: Sendable, Hashable {
        /// Reader and writer are registered and the stream is visible: start its tasks.
        case publish
        /// The client was closed, or the dial was told to end: end the connection, then call `dialEnded`.
        case discard
    }

    /// The dial has a connection.
    mutating func dialSucceeded(_ id: StreamID) -> OnDialSucceeded {
        #if RED_CONTROLS
        self.mistake(id)
        if RedControl.isActive(.noRecheckAfterDial), case .dialling(id, _) = self.slot {
            self.slot = .open(id, members: [.reader, .writer])
            return .publish
        }
        #endif
        guard case .dialling(id, let isCancelled) = self.slot, !isCancelled, !self.isClosed else { return .discard }
        self.slot = .open(id, members: [.reader, .writer])
        #if RED_CONTROLS
        if Self.registersLate { self.slot = .open(id, members: []) }
        #endif
        return .publish
    }

    /// Whoever opens has gone: nothing comes of the dial.
    ///
    /// - Returns: Whether to tell the dial to end; false when it was told, or there is a stream already.
    mutating func cancelDial(_ id: StreamID) -> Bool {
        guard case .dialling(id, isCancelled: false) = self.slot else { return false }
        self.slot = .dialling(id, isCancelled: true)
        return true
    }

    /// The dial failed, or its connection was discarded, and nothing is left of it.
    ///
    /// - Returns: Whether this freed the slot, so that who waits for it is to be released.
    mutating func dialEnded(_ id: StreamID) -> Bool {
        #if RED_CONTROLS
        self.mistake(id)
        #endif
        guard case .dialling(id, _) = self.slot else { return false }
        self.slot = .idle
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
        if Self.registersLate, case .open(id, let members) = self.slot, members.isEmpty {
            self.slot = .idle
            return .shutDown
        }
        #endif
        switch self.slot {
        case .open(id, let members):
            self.slot = .closing(id, members: members, end: WorkspaceStreamEnd(reason))
            return .shutDown
        case .closing(id, let members, var end):
            end.attach(reason)
            self.slot = .closing(id, members: members, end: end)
            return end.isGraceful && reason.cutsShort ? .cut : .nothing
        case .dialling(id, let isCancelled):
            self.slot = .dialling(id, isCancelled: true)
            return isCancelled ? .nothing : .cancelDial
        default: return .nothing
        }
    }

    /// The client is to end: no stream can be opened from here on.
    ///
    /// - Parameter reason: Why: an abort cuts what another close has begun.
    /// - Returns: What to do with the stream it has, and the name to wait for.
    mutating func closeClient(
        _ reason: WorkspaceStreamEnd.Reason = .closedByClient
    ) -> (action: OnClose, waitFor: StreamID?) {
        self.isClosed = true
        guard let id = self.current else { return (.nothing, nil) }
        return (self.close(id, reason), id)
    }

    /// A registered task has left.
    ///
    /// - Returns: The end of the stream if this was its last task, and the slot is free now.
    mutating func left(_ id: StreamID, _ task: StreamTask) -> WorkspaceStreamEnd? {
        #if RED_CONTROLS
        self.mistake(id)
        #endif
        guard case .closing(id, var members, let end) = self.slot else { return nil }
        members.remove(task)
        #if RED_CONTROLS
        if RedControl.isActive(.slotClearedEarly) { members = [] }
        #endif
        guard members.isEmpty else {
            self.slot = .closing(id, members: members, end: end)
            return nil
        }
        self.slot = .idle
        return end
    }

    // MARK: What can be seen

    /// The stream, or the attempt, that the client has now.
    var current: StreamID? {
        switch self.slot {
        case .idle: nil
        case .dialling(let id, _), .open(let id, _), .closing(let id, _, _): id
        }
    }

    /// The tasks that still work for the stream, by name.
    var members: Set<StreamTask> {
        switch self.slot {
        case .idle: []
        case .dialling: [.dial]
        case .open(_, let members), .closing(_, let members, _): members
        }
    }

    /// Where the stream is in its life.
    func state(of id: StreamID) -> WorkspaceStreamState? {
        switch self.slot {
        case .dialling(id, _): .dialling
        case .open(id, _): .open
        case .closing(id, _, let end): .closing(end)
        default: nil
        }
    }
}

#if RED_CONTROLS
extension StreamBarrier {
    /// Whether the tasks of a stream are registered only after it is published.
    static var registersLate: Bool {
        RedControl.isActive(.publishBeforeRegister) || RedControl.isActive(.registerInTheTask)
    }

    mutating func register(_ id: StreamID, _ task: StreamTask) {
        switch self.slot {
        case .open(id, var members):
            members.insert(task)
            self.slot = .open(id, members: members)
        case .closing(id, var members, let end):
            members.insert(task)
            self.slot = .closing(id, members: members, end: end)
        default: break
        }
    }

    /// Takes a report about a stream that is over for one about the current stream.
    private mutating func mistake(_ id: StreamID) {
        guard RedControl.isActive(.identityCheckDropped) else { return }
        switch self.slot {
        case .idle: break
        case .dialling(_, let isCancelled): self.slot = .dialling(id, isCancelled: isCancelled)
        case .open(_, let members): self.slot = .open(id, members: members)
        case .closing(_, let members, let end): self.slot = .closing(id, members: members, end: end)
        }
    }
}
#endif

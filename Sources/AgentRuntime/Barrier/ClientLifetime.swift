#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a client as a pure value: whether it is closed, and a ``StreamSlot`` for each stream that it has.
///
/// ```
///            close: every slot is captured
///   open ────────────────────────────────────► closed ──► nothing is opened any more; drained when all slots are idle
/// ```
///
/// 1. *Opening asks the lifetime first*: a closed client begins no dial, in whatever slot.
/// 2. *Closing captures every slot* in the step that marks the client as closed: each dial is told to end and each
///    stream is closing from then on, so nothing is between the slots, and whoever closes can wait for all of them.
///
/// What happens in one slot has no effect on another. The driver holds the value behind one lock, and performs what a
/// method returns after unlocking.
struct ClientLifetime: Sendable {
    /// Whether the client was closed.
    private(set) var isClosed = false
    /// Those that are not idle, the oldest first.
    private var slots: [(name: StreamSlot.Name, slot: StreamSlot)] = []
    /// How many attempts were begun.
    private var attempts: UInt64 = 0

    /// What `open` leads to.
    enum OnOpen: Sendable, Hashable {
        /// Dial, outside the lock, under this name.
        case dial(StreamID)
        /// The client is closed.
        case refuseClosed
        /// A stream is open in this slot, or being opened.
        case refuseOpen
        /// This stream, or attempt, was told to end and has not left: ask again when it has.
        case wait(StreamID)
    }

    /// Somebody wants a stream in this slot.
    mutating func open(_ name: StreamSlot.Name) -> OnOpen {
        #if RED_CONTROLS
        let isClosed = self.isClosed && !RedControl.isActive(.opensAfterTheClose)
        #else
        let isClosed = self.isClosed
        #endif
        guard !isClosed else { return .refuseClosed }
        let id = StreamID(slot: name, number: self.attempts + 1)
        switch self.change(name, { $0.open(as: id) }) {
        case .dial:
            self.attempts += 1
            return .dial(id)
        case .refuseOpen: return .refuseOpen
        case .wait(let id): return .wait(id)
        }
    }

    /// What is to be done in one slot when the client closes.
    struct OnCloseClient: Sendable, Hashable {
        /// The stream, or attempt, that is there; to be waited for.
        let id: StreamID
        /// What ends it.
        let action: StreamSlot.OnClose
    }

    /// The client is to end: no stream can be opened from here on, and all that there are end.
    ///
    /// - Parameter reason: Why: an abort cuts what another close has begun.
    /// - Returns: What to do in each slot that is not idle.
    mutating func closeClient(_ reason: WorkspaceStreamEnd.Reason = .closedByClient) -> [OnCloseClient] {
        self.isClosed = true
        #if RED_CONTROLS
        let slots = RedControl.isActive(.oneSlotCaptured) ? Array(self.slots.prefix(1)) : self.slots
        #else
        let slots = self.slots
        #endif
        return slots.compactMap { name, slot in
            slot.current.map { id in OnCloseClient(id: id, action: self.close(id, reason)) }
        }
    }

    // MARK: One slot, see StreamSlot

    mutating func dialSucceeded(_ id: StreamID, members: Set<StreamTask>) -> StreamSlot.OnDialSucceeded {
        self.change(id.slot) { $0.dialSucceeded(id, members: members) }
    }

    mutating func cancelDial(_ id: StreamID) -> Bool { self.change(id.slot) { $0.cancelDial(id) } }

    mutating func dialEnded(_ id: StreamID) -> Bool { self.change(id.slot) { $0.dialEnded(id) } }

    mutating func close(_ id: StreamID, _ reason: WorkspaceStreamEnd.Reason) -> StreamSlot.OnClose {
        self.change(id.slot) { $0.close(id, reason) }
    }

    mutating func left(_ id: StreamID, _ task: StreamTask) -> WorkspaceStreamEnd? {
        self.change(id.slot) { $0.left(id, task) }
    }

    /// Takes a step in one slot; those that are idle after it are not kept.
    private mutating func change<Outcome>(
        _ name: StreamSlot.Name,
        _ step: (inout StreamSlot) -> Outcome
    ) -> Outcome {
        guard let index = self.slots.firstIndex(where: { $0.name == name }) else {
            var slot = StreamSlot()
            let outcome = step(&slot)
            if slot.current != nil { self.slots.append((name, slot)) }
            return outcome
        }
        let outcome = step(&self.slots[index].slot)
        if self.slots[index].slot.current == nil { self.slots.remove(at: index) }
        return outcome
    }

    // MARK: What can be seen

    /// What is in this slot now; an idle one when nothing is.
    subscript(_ name: StreamSlot.Name) -> StreamSlot {
        self.slots.first { $0.name == name }?.slot ?? StreamSlot()
    }

    /// The streams, and the attempts, that the client has now, the oldest first.
    var current: [StreamID] { self.slots.compactMap(\.slot.current) }

    /// The tasks that still work for a stream, by name.
    func members(of id: StreamID) -> Set<StreamTask> {
        let slot = self[id.slot]
        return slot.current == id ? slot.members : []
    }

    /// Where the stream is in its life.
    func state(of id: StreamID) -> WorkspaceStreamState? { self[id.slot].state(of: id) }
}

#if RED_CONTROLS
extension ClientLifetime {
    mutating func register(_ id: StreamID, _ task: StreamTask) { self.change(id.slot) { $0.register(id, task) } }
}
#endif

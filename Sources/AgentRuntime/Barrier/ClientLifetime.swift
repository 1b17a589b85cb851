#if RED_CONTROLS
internal import RedControls
#endif

/// The lifetime of a client, as a pure value: whether the client is closed, a ``StreamSlot`` for each stream, and the
/// registered members that are no streams.
///
/// ```
///            close: every slot is captured
///   open ────────────────────────────────────► closed ──► nothing can begin; drained when all slots are idle and no
///                                                         member is left
/// ```
///
/// 1. *Opening asks the lifetime first*: a closed client begins no dial in any slot.
/// 2. *Closing captures every slot and every member* in the step that marks the client as closed: each dial is told to
///    end, each open stream becomes closing, and each member is told to end. So nothing can be missed, and a caller that
///    closes can wait for all of them.
/// 3. *A member registers before it does anything*, for example before a control call dials. A closed client registers
///    none.
///
/// The slots and members do not affect each other. The driver holds the value behind one lock. It unlocks before it performs the
/// returned action.
struct ClientLifetime: Sendable {
    /// Whether the client was closed.
    private(set) var isClosed = false
    /// The slots that are not idle, the oldest first.
    private var slots: [(name: StreamSlot.Name, slot: StreamSlot)] = []
    /// The number of attempts that were begun.
    private var attempts: UInt64 = 0
    /// The members that are no streams, the oldest first: control calls, and what belongs to them.
    private(set) var members: [MemberID] = []
    /// The number of members that were ever registered.
    private var registrations: UInt64 = 0

    /// The name of a member that is no stream; never used twice.
    struct MemberID: Sendable, Hashable { let number: UInt64 }

    /// What the driver does after `open`.
    enum OnOpen: Sendable, Hashable {
        /// Dial, outside the lock, under this name.
        case dial(StreamID)
        /// The client is closed.
        case refuseClosed
        /// A stream is open in this slot, or is being opened.
        case refuseOpen
        /// Wait: this stream or attempt was told to end, but is still in the slot. Call `open` again when it has left.
        case wait(StreamID)
    }

    /// An opener wants a stream in this slot.
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

    /// What the driver does in one slot when the client or all its streams close.
    struct OnCloseSlot: Sendable, Hashable {
        /// The stream or attempt in the slot; the close waits for it.
        let id: StreamID
        /// How to end it.
        let action: StreamSlot.OnClose
    }

    /// What the driver does when the client closes.
    struct OnCloseClient: Sendable, Hashable {
        /// An action for each slot that is not idle.
        let slots: [OnCloseSlot]
        /// The members that are left: the first close tells each of them to end, and every close waits for them.
        let members: [MemberID]
    }

    /// Closes the client: from now on nothing can begin, and all streams, dials and members end.
    ///
    /// - Parameter reason: The reason; `aborted` also aborts streams that another close has begun to close.
    /// - Returns: What to do.
    mutating func closeClient(_ reason: StreamEnd.Reason = .closedByClient) -> OnCloseClient {
        self.isClosed = true
        #if RED_CONTROLS
        if RedControl.isActive(.membersNotCaptured) {
            return OnCloseClient(slots: self.closeStreams(reason), members: [])
        }
        #endif
        return OnCloseClient(slots: self.closeStreams(reason), members: self.members)
    }

    /// Closes all streams and dials; the members go on, and later other streams can be opened.
    ///
    /// - Parameter reason: See ``closeClient(_:)``.
    /// - Returns: An action for each slot that is not idle.
    mutating func closeStreams(_ reason: StreamEnd.Reason = .closedByClient) -> [OnCloseSlot] {
        #if RED_CONTROLS
        let slots = RedControl.isActive(.oneSlotCaptured) ? Array(self.slots.prefix(1)) : self.slots
        #else
        let slots = self.slots
        #endif
        return slots.compactMap { name, slot in
            slot.current.map { id in OnCloseSlot(id: id, action: self.close(id, reason)) }
        }
    }

    // MARK: Members that are no streams

    /// Registers a member, before it begins.
    ///
    /// - Returns: Its name; nil if the client is closed, and then it must not begin.
    mutating func register() -> MemberID? {
        #if RED_CONTROLS
        let isClosed = self.isClosed && !RedControl.isActive(.registersAfterTheClose)
        #else
        let isClosed = self.isClosed
        #endif
        guard !isClosed else { return nil }
        self.registrations += 1
        let id = MemberID(number: self.registrations)
        self.members.append(id)
        return id
    }

    /// A member has left; nothing of it is left.
    mutating func left(_ id: MemberID) { self.members.removeAll { $0 == id } }

    // MARK: Events of one slot, see StreamSlot

    mutating func dialSucceeded(_ id: StreamID, members: StreamTasks) -> StreamSlot.OnDialSucceeded {
        self.change(id.slot) { $0.dialSucceeded(id, members: members) }
    }

    mutating func cancelDial(_ id: StreamID) -> Bool { self.change(id.slot) { $0.cancelDial(id) } }

    mutating func dialEnded(_ id: StreamID) -> Bool { self.change(id.slot) { $0.dialEnded(id) } }

    mutating func close(_ id: StreamID, _ reason: StreamEnd.Reason) -> StreamSlot.OnClose {
        self.change(id.slot) { $0.close(id, reason) }
    }

    mutating func left(_ id: StreamID, _ task: StreamTask) -> StreamEnd? {
        self.change(id.slot) { $0.left(id, task) }
    }

    /// Changes one slot; a slot that is idle afterwards is removed.
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

    // MARK: Reading the state

    /// The slot with this name.
    subscript(_ name: StreamSlot.Name) -> StreamSlot {
        self.slots.first { $0.name == name }?.slot ?? StreamSlot()
    }

    /// The current streams and attempts of the client, the oldest first.
    var current: [StreamID] { self.slots.compactMap(\.slot.current) }

    /// The tasks of a stream that have not left.
    func members(of id: StreamID) -> StreamTasks {
        let slot = self[id.slot]
        return slot.current == id ? slot.members : []
    }

    /// The state of the stream; nil if it is not in its slot.
    func state(of id: StreamID) -> StreamState? { self[id.slot].state(of: id) }
}

#if RED_CONTROLS
extension ClientLifetime {
    mutating func register(_ id: StreamID, _ task: StreamTask) { self.change(id.slot) { $0.register(id, task) } }
}
#endif

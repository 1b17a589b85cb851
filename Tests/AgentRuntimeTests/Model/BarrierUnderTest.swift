@testable import AgentRuntime

/// The production ``ClientLifetime`` with its slots; with a fault, one of its rules is broken, as a red control.
///
/// Without a fault, every call goes directly to the production value; no logic of it is repeated here.
struct BarrierUnderTest {
    /// A broken rule.
    enum Fault: String, CaseIterable {
        case publishesBeforeRegistering
        case clearsTheSlotEarly
        case believesWhatWasTrueBeforeTheDial
        case takesStaleNames
        case lastCauseWins
        case opensWhileAnotherOneCloses
        case refusesWhileAnotherOneCloses
        case publishesForWhomHasGone
        case keepsTheSlotOfAFailedDial
        case endsTwice
        case opensInAClosedClient
        case capturesOneSlot
        case takesOneSlotForAnother
        case capturesNoCall
        case registersInAClosedClient
        case losesACall

        /// Whether only a search with several slots can find it.
        var needsTwoSlots: Bool { self == .capturesOneSlot || self == .takesOneSlotForAnother }
        /// Whether only a search with a call can find it.
        var needsACall: Bool { [.capturesNoCall, .registersInAClosedClient, .losesACall].contains(self) }
    }

    static let slots = [StreamSlot.Name(rawValue: "first"), StreamSlot.Name(rawValue: "second")]

    private var lifetime = ClientLifetime()
    private let fault: Fault?
    private var latestReason: StreamEnd.Reason?
    private var closedUnnoticed = false
    /// The part of the state that can make a difference later, in 24 bits per slot: the visible state, and the results
    /// of the next calls.
    ///
    /// The errors that are attached to an end have no effect, and are left out.
    private(set) var fingerprints = InlineArray<2, UInt64>(repeating: 0)

    init(fault: Fault?) {
        self.fault = fault
        self.takeFingerprints()
    }

    mutating func open(_ slot: Int) -> ClientLifetime.OnOpen {
        defer { self.takeFingerprints() }
        if self.fault == .opensWhileAnotherOneCloses, let id = self.current(slot),
            case .closing = self.lifetime.state(of: id)
        {
            for task in [StreamTask.reader, .writer] { _ = self.lifetime.left(id, task) }
        }
        let decision = self.lifetime.open(Self.slots[slot])
        if self.fault == .refusesWhileAnotherOneCloses, case .wait = decision { return .refuseOpen }
        return decision
    }

    mutating func cancelDial(_ id: StreamID) -> Bool {
        defer { self.takeFingerprints() }
        return self.fault == .publishesForWhomHasGone ? true : self.lifetime.cancelDial(self.name(id))
    }

    mutating func dialSucceeded(_ id: StreamID) -> StreamSlot.OnDialSucceeded {
        defer { self.takeFingerprints() }
        return self.lifetime.dialSucceeded(self.name(id), members: [.reader, .writer])
    }

    mutating func dialEnded(_ id: StreamID) -> Bool {
        defer { self.takeFingerprints() }
        return self.fault == .keepsTheSlotOfAFailedDial ? false : self.lifetime.dialEnded(self.name(id))
    }

    mutating func close(_ id: StreamID, _ reason: StreamEnd.Reason) -> StreamSlot.OnClose {
        defer { self.takeFingerprints() }
        self.latestReason = reason
        let action = self.lifetime.close(self.name(id), reason)
        return self.fault == .endsTwice && self.lifetime.current.contains(id) ? .beginEnd : action
    }

    mutating func register() -> ClientLifetime.MemberID? {
        if self.fault == .registersInAClosedClient, self.lifetime.isClosed { return .init(number: 1) }
        guard let id = self.lifetime.register() else { return nil }
        if self.fault == .losesACall { self.lifetime.left(id) }
        return id
    }

    mutating func left(_ call: ClientLifetime.MemberID) { self.lifetime.left(call) }

    /// Whether a call is registered.
    var hasCall: Bool { !self.lifetime.members.isEmpty }

    mutating func closeStreams() -> [ClientLifetime.OnCloseSlot] {
        defer { self.takeFingerprints() }
        self.latestReason = .closed
        return self.lifetime.closeStreams(.closed)
    }

    mutating func closeClient() -> ClientLifetime.OnCloseClient {
        let members = self.fault == .capturesNoCall ? [] : self.lifetime.members
        return .init(slots: self.closeSlots(), members: members)
    }

    private mutating func closeSlots() -> [ClientLifetime.OnCloseSlot] {
        defer { self.takeFingerprints() }
        self.latestReason = .closedByClient
        switch self.fault {
        case .believesWhatWasTrueBeforeTheDial:
            guard let id = self.lifetime.current.first, self.lifetime.members(of: id) == [.dial] else { break }
            self.closedUnnoticed = true
            return [.init(id: id, action: .cancelDial)]
        case .opensInAClosedClient, .capturesOneSlot:
            self.closedUnnoticed = true
            let captured = self.lifetime.current.prefix(self.fault == .capturesOneSlot ? 1 : 2)
            return captured.map { .init(id: $0, action: self.lifetime.close($0, .closedByClient)) }
        default: break
        }
        return self.lifetime.closeClient().slots
    }

    mutating func left(_ id: StreamID, _ task: StreamTask) -> StreamEnd? {
        defer { self.takeFingerprints() }
        if self.fault == .clearsTheSlotEarly, let end = self.leaveBoth(id) { return end }
        let end = self.lifetime.left(self.name(id), task)
        guard self.fault == .lastCauseWins, end != nil, let reason = self.latestReason else { return end }
        return StreamEnd(reason)
    }

    private mutating func leaveBoth(_ id: StreamID) -> StreamEnd? {
        let first = self.lifetime.left(id, .reader)
        return first ?? self.lifetime.left(id, .writer)
    }

    /// The name that the value gets for a report about `id`; a fault may replace it.
    private func name(_ id: StreamID) -> StreamID {
        switch self.fault {
        case .takesStaleNames: self.lifetime[id.slot].current ?? id
        case .takesOneSlotForAnother: self.lifetime.current.last ?? id
        default: id
        }
    }

    // MARK: Reading the state

    var isClosed: Bool { self.lifetime.isClosed || self.closedUnnoticed }
    func current(_ slot: Int) -> StreamID? { self.lifetime[Self.slots[slot]].current }
    func state(of id: StreamID) -> StreamState? { self.lifetime.state(of: id) }

    private func members(_ slot: Int) -> StreamTasks {
        guard let id = self.current(slot) else { return [] }
        if self.fault == .publishesBeforeRegistering, case .open = self.lifetime.state(of: id) { return [] }
        return self.lifetime.members(of: id)
    }

    /// The registered tasks: one bit each for dial, reader and writer.
    func memberBits(_ slot: Int) -> UInt64 { self.fingerprints[slot] & 7 }

    private mutating func takeFingerprints() {
        for slot in self.fingerprints.indices { self.fingerprints[slot] = self.takeFingerprint(slot) }
    }

    /// Asks a copy of the lifetime, so that the lifetime itself does not change.
    private func takeFingerprint(_ slot: Int) -> UInt64 {
        var bits = BitField()
        let members = self.members(slot)
        for task in [StreamTask.dial, .reader, .writer] { bits.append(members.contains(task) ? 1 : 0, bits: 1) }
        bits.append(self.isClosed ? 1 : 0, bits: 1)
        bits.append(self.closedUnnoticed ? 1 : 0, bits: 1)
        guard let id = self.current(slot) else { return bits.low }
        bits.append(id.number, bits: 2)
        var copy = self.lifetime
        bits.append(copy.dialSucceeded(id, members: [.reader, .writer]) == .publish ? 1 : 0, bits: 1)
        copy = self.lifetime
        switch copy.close(id, .aborted) {
        case .beginEnd: bits.append(1, bits: 2)
        case .cancelDial: bits.append(2, bits: 2)
        case .nothing: bits.append(3, bits: 2)
        case .abort: bits.append(0, bits: 2)
        }
        switch self.lifetime.state(of: id) {
        case .dialling: bits.append(1, bits: 4)
        case .open: bits.append(2, bits: 4)
        case .closing(let end): bits.append(2 + ModelReason(end.reason).rawValue, bits: 4)
        case .drained, nil: bits.append(8, bits: 4)
        }
        if self.fault == .lastCauseWins {
            bits.append(self.latestReason.map { ModelReason($0).rawValue } ?? 0, bits: 3)
        }
        return bits.low
    }
}

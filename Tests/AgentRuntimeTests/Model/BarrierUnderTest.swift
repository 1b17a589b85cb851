@testable import AgentRuntime

/// The production ``StreamBarrier``, or the same with one of its rules broken: the red control of the search.
///
/// Without a fault every call goes straight to the production value; nothing of it is written again here.
struct BarrierUnderTest {
    typealias StreamID = StreamBarrier.StreamID

    /// A rule that is broken.
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
    }

    private var barrier = StreamBarrier()
    private let fault: Fault?
    private var latestReason: WorkspaceStreamEnd.Reason?
    private var closedUnnoticed = false
    /// All that can make a difference later, in 24 bits: what is visible, and what the next calls would answer.
    ///
    /// The errors attached to an end decide nothing and are left out.
    private(set) var fingerprint: UInt64 = 0

    init(fault: Fault?) {
        self.fault = fault
        self.fingerprint = self.takeFingerprint()
    }

    mutating func open() -> StreamBarrier.OnOpen {
        defer { self.fingerprint = self.takeFingerprint() }
        if self.fault == .opensWhileAnotherOneCloses, let id = self.barrier.current,
            case .closing = self.barrier.state(of: id)
        {
            for task in [StreamTask.reader, .writer] { _ = self.barrier.left(id, task) }
        }
        let decision = self.barrier.open()
        if self.fault == .refusesWhileAnotherOneCloses, case .wait = decision { return .refuseOpen }
        return decision
    }

    mutating func cancelDial(_ id: StreamID) -> Bool {
        defer { self.fingerprint = self.takeFingerprint() }
        return self.fault == .publishesForWhomHasGone ? true : self.barrier.cancelDial(self.name(id))
    }

    mutating func dialSucceeded(_ id: StreamID) -> StreamBarrier.OnDialSucceeded {
        defer { self.fingerprint = self.takeFingerprint() }
        return self.barrier.dialSucceeded(self.name(id))
    }

    mutating func dialEnded(_ id: StreamID) -> Bool {
        defer { self.fingerprint = self.takeFingerprint() }
        return self.fault == .keepsTheSlotOfAFailedDial ? false : self.barrier.dialEnded(self.name(id))
    }

    mutating func close(_ id: StreamID, _ reason: WorkspaceStreamEnd.Reason) -> StreamBarrier.OnClose {
        defer { self.fingerprint = self.takeFingerprint() }
        self.latestReason = reason
        let action = self.barrier.close(self.name(id), reason)
        return self.fault == .endsTwice && self.barrier.current == id ? .shutDown : action
    }

    mutating func closeClient() -> (action: StreamBarrier.OnClose, waitFor: StreamID?) {
        defer { self.fingerprint = self.takeFingerprint() }
        if self.fault == .believesWhatWasTrueBeforeTheDial, self.barrier.members == [.dial] {
            self.closedUnnoticed = true
            return (.cancelDial, self.barrier.current)
        }
        self.latestReason = .closedByClient
        return self.barrier.closeClient()
    }

    mutating func left(_ id: StreamID, _ task: StreamTask) -> WorkspaceStreamEnd? {
        defer { self.fingerprint = self.takeFingerprint() }
        if self.fault == .clearsTheSlotEarly, let end = self.leaveBoth(id) { return end }
        let end = self.barrier.left(self.name(id), task)
        guard self.fault == .lastCauseWins, end != nil, let reason = self.latestReason else { return end }
        return WorkspaceStreamEnd(reason)
    }

    private mutating func leaveBoth(_ id: StreamID) -> WorkspaceStreamEnd? {
        let first = self.barrier.left(id, .reader)
        return first ?? self.barrier.left(id, .writer)
    }

    /// The name that a report is taken to be about.
    private func name(_ id: StreamID) -> StreamID {
        self.fault == .takesStaleNames ? self.barrier.current ?? id : id
    }

    // MARK: What can be seen

    var isClosed: Bool { self.barrier.isClosed || self.closedUnnoticed }
    var current: StreamID? { self.barrier.current }

    var members: Set<StreamTask> {
        if self.fault == .publishesBeforeRegistering, let id = self.current, case .open = self.barrier.state(of: id) {
            return []
        }
        return self.barrier.members
    }

    func state(of id: StreamID) -> WorkspaceStreamState? { self.barrier.state(of: id) }

    /// The barrier is a value, so that asking a copy changes nothing.
    private func takeFingerprint() -> UInt64 {
        var bits = BitField()
        let members = self.members
        for task in [StreamTask.dial, .reader, .writer] { bits.append(members.contains(task) ? 1 : 0, bits: 1) }
        bits.append(self.isClosed ? 1 : 0, bits: 1)
        bits.append(self.closedUnnoticed ? 1 : 0, bits: 1)
        guard let id = self.current else { return bits.low }
        bits.append(id.rawValue, bits: 2)
        var copy = self.barrier
        bits.append(copy.dialSucceeded(id) == .publish ? 1 : 0, bits: 1)
        copy = self.barrier
        switch copy.close(id, .aborted) {
        case .shutDown: bits.append(1, bits: 2)
        case .cancelDial: bits.append(2, bits: 2)
        case .nothing: bits.append(3, bits: 2)
        case .cut: bits.append(0, bits: 2)
        }
        switch self.barrier.state(of: id) {
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

    /// Dial, reader and writer, one bit each, as they are registered.
    var memberBits: UInt64 { self.fingerprint & 7 }
}

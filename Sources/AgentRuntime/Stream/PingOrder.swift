import NIOCore

#if RED_CONTROLS
internal import RedControls
#endif

/// Decides which pong answers which ping, because agentctl's `ping` and `pong` have no id.
///
/// A server answers in the order of the requests, so each pong answers the oldest ping. Only one case is difficult: the
/// caller of a ping no longer waits, and its pong may be late or never come.
///
/// ```
///             nobody waits any more           a later marker was answered, or the ping is old
///   awaited ────────────────────────► owed ─────────────────────────────────────────────────► doubtful
/// ```
///
/// - `awaited`: the next pong is its answer, if there is no older ping.
/// - `owed`: the next pong belongs to it, but nobody waits for it.
/// - `doubtful`: its pong did not come in its turn, and may never come. The next pong probably answers the first
///   awaited ping. But this counts only if no further pong comes for a while. Otherwise a caller could get a round-trip
///   time that is too short.
///
/// The *marker* is a WebSocket Ping. A server that reads in order answers it after all earlier requests.
struct PingOrder: Sendable {
    typealias ID = UInt64

    /// A ping that was answered.
    struct Answered: Sendable, Equatable {
        var id: ID
        var roundTrip: Duration
    }

    private enum Standing { case awaited, owed, doubtful }

    private struct Ping {
        var id: ID
        var begunAt: Duration
        /// Its number in the order of sending.
        var number: UInt64
        var standing = Standing.awaited
        /// Whether its frame is queued in the connection, so that a later marker comes after it.
        var isQueued = false
        /// Whether an older ping got a pong that came while this one was kept.
        var sawAnother = false
    }

    /// The largest number of pings that are kept, or sent, although nobody waits for them.
    static let maximumUnanswered = 64

    private let maximumAge: Duration
    // The default capacity of sixteen would use 672 bytes in every idle stream.
    private var pings = CircularBuffer<Ping>(initialCapacity: 1)
    private var lastNumber: UInt64 = 0
    /// The number of owed pings.
    private var owedCount = 0
    /// The arrival times of pongs that may answer a doubtful ping or an awaited one.
    private var candidates: [Duration] = []
    /// The marker that is on its way: the last ping before it, and the number of messages that came before its answer.
    private var marker: (number: UInt64, answeredAfter: Int?)?

    /// - Parameter maximumAge: An older ping is no longer owed an answer.
    init(maximumAge: Duration) { self.maximumAge = maximumAge }

    /// The number of pings that are kept.
    var count: Int { self.pings.count }
    /// Whether pongs have come that are uncertain until ``settle()``.
    var isInDoubt: Bool { !self.candidates.isEmpty }

    // MARK: Sending

    /// Whether another ping may be sent; not while ``maximumUnanswered`` pings are owed an answer.
    mutating func allowsSending(now: Duration) -> Bool {
        self.forgetOld(now)
        #if RED_CONTROLS
        if RedControl.isActive(.unansweredPingsSent) { return true }
        #endif
        return self.owedCount < Self.maximumUnanswered
    }

    /// Adds a ping just before the connection gets it.
    mutating func sends(_ id: ID, begunAt: Duration, now: Duration) {
        self.forgetOld(now)
        self.lastNumber += 1
        self.pings.append(Ping(id: id, begunAt: begunAt, number: self.lastNumber))
    }

    /// The connection has queued the ping, so later messages come after it.
    mutating func queued(_ id: ID) {
        guard let index = self.index(of: id) else { return }
        self.pings[index].isQueued = true
    }

    /// How far an unanswered ping has come.
    enum Progress {
        /// It was not given to the connection.
        case waits
        /// The writer is just giving it to the connection.
        case leaves
        /// The connection has it, or has sent it.
        case sent
    }

    func progress(of id: ID) -> Progress {
        guard let index = self.index(of: id) else { return .waits }
        return self.pings[index].isQueued ? .sent : .leaves
    }

    /// Removes a ping that was not sent.
    mutating func withdraw(_ id: ID) {
        guard let index = self.index(of: id) else { return }
        self.remove(at: index)
        self.payIfNobodyWaits()
        self.leaveDoubt()
    }

    // MARK: Markers

    /// Whether to send a marker now; if so, it counts as sent.
    mutating func beginMarker() -> Bool {
        guard self.marker == nil, self.pings.contains(where: { $0.standing == .owed && $0.isQueued }),
            let last = self.pings.last(where: \.isQueued)
        else { return false }
        self.marker = (last.number, nil)
        return true
    }

    /// The marker was answered.
    ///
    /// - Parameter messages: The number of messages that had come before; some may not be processed yet.
    mutating func markerAnswered(after messages: Int) { self.marker?.answeredAfter = messages }

    private mutating func applyMarker(before message: Int) {
        guard let (number, answeredAfter) = self.marker, let answeredAfter, answeredAfter < message else { return }
        self.marker = nil
        #if RED_CONTROLS
        if RedControl.isActive(.lostPongNotNoticed) { return }
        #endif
        self.doubt { $0.number <= number }
    }

    // MARK: Pongs

    /// Processes a pong.
    ///
    /// - Parameters:
    ///   - message: Its number among all messages that came, 1 for the first one.
    ///   - now: The time.
    /// - Returns: The pings that were answered by it.
    mutating func receivedPong(message: Int, now: Duration) -> [Answered] {
        self.applyMarker(before: message)
        self.forgetOld(now)
        guard let first = self.pings.first else { return [] }
        switch first.standing {
        case .awaited:
            self.pings.removeFirst()
            return [Answered(id: first.id, roundTrip: now - first.begunAt)]
        #if RED_CONTROLS
        case .owed where RedControl.isActive(.latePongBelieved):
            self.remove(at: self.pings.startIndex)
            return self.receivedPong(message: message, now: now)
        case .doubtful where RedControl.isActive(.doubtfulPongBelieved):
            self.pings.removeFirst()
            return self.receivedPong(message: message, now: now)
        #endif
        case .owed:
            self.remove(at: self.pings.startIndex)
            for index in self.pings.indices { self.pings[index].sawAnother = true }
            return []
        case .doubtful: return self.receivedDoubtfulPong(now)
        }
    }

    private mutating func receivedDoubtfulPong(_ now: Duration) -> [Answered] {
        let ahead = self.pings.prefix { $0.standing == .doubtful }.count
        let index = self.pings.index(self.pings.startIndex, offsetBy: ahead)
        guard index < self.pings.endIndex, self.pings[index].standing == .awaited else {
            self.pings.removeFirst()
            return []
        }
        self.candidates.append(now)
        guard self.candidates.count > ahead else { return [] }
        // One for each doubtful ping before it, and one for itself.
        self.candidates.removeFirst()
        let asked = self.pings.remove(at: index)
        self.payIfNobodyWaits()
        return [Answered(id: asked.id, roundTrip: now - asked.begunAt)]
    }

    /// Assigns the uncertain pongs to the awaited pings, because no further pong has come for a while.
    ///
    /// - Returns: The pings that were answered.
    mutating func settle() -> [Answered] {
        var answered: [Answered] = []
        while let candidate = self.candidates.first, let index = self.firstAwaited {
            self.candidates.removeFirst()
            let ping = self.pings[index]
            answered.append(Answered(id: ping.id, roundTrip: candidate - ping.begunAt))
            // The pings before it will get no answer.
            for _ in 0...self.pings.distance(from: self.pings.startIndex, to: index) {
                self.remove(at: self.pings.startIndex)
            }
        }
        self.candidates = []
        return answered
    }

    // MARK: Giving up

    /// The time limit of a ping has passed.
    ///
    /// - Returns: The pings that were answered; also this one, if an uncertain pong may be its answer.
    mutating func timedOut(_ id: ID) -> [Answered] {
        guard let index = self.index(of: id), self.pings[index].standing == .awaited else { return [] }
        let answered = self.settle()
        self.stopsWaiting(id)
        return answered
    }

    /// The caller of a ping no longer waits.
    mutating func stopsWaiting(_ id: ID) {
        guard let index = self.index(of: id), self.pings[index].standing == .awaited else { return }
        self.pings[index].standing = .owed
        self.owedCount += 1
        let ping = self.pings[index]
        // One pong is missing, and nobody knows which one.
        if ping.sawAnother || self.isInDoubt { self.doubt { $0.number <= ping.number } }
        self.payIfNobodyWaits()
        self.forgetSome()
    }

    // MARK: Forgetting

    private mutating func doubt(_ isMeant: (Ping) -> Bool) {
        for index in self.pings.indices where self.pings[index].standing == .owed && isMeant(self.pings[index]) {
            self.pings[index].standing = .doubtful
            self.owedCount -= 1
        }
    }

    /// If nobody waits, the uncertain pongs belonged to the doubtful pings.
    private mutating func payIfNobodyWaits() {
        guard self.isInDoubt, self.firstAwaited == nil else { return }
        for _ in self.candidates where self.pings.first?.standing == .doubtful { self.pings.removeFirst() }
        self.candidates = []
    }

    private mutating func forgetOld(_ now: Duration) {
        let maximumAge = self.maximumAge
        guard let first = self.pings.first, now - first.begunAt > maximumAge else { return }
        self.doubt { now - $0.begunAt > maximumAge }
    }

    private mutating func forgetSome() {
        guard self.pings.count > Self.maximumUnanswered else { return }
        #if RED_CONTROLS
        if RedControl.isActive(.unansweredPingsKept) { return }
        #endif
        var surplus = self.pings.lazy.filter { $0.standing != .awaited }.count - Self.maximumUnanswered
        while surplus > 0, let index = self.pings.firstIndex(where: { $0.standing != .awaited }) {
            self.remove(at: index)
            surplus -= 1
        }
        self.leaveDoubt()
    }

    /// Forgets the uncertain pongs if no doubtful ping is left.
    private mutating func leaveDoubt() {
        if self.pings.first?.standing != .doubtful { self.candidates = [] }
    }

    private mutating func remove(at index: CircularBuffer<Ping>.Index) {
        if self.pings.remove(at: index).standing == .owed { self.owedCount -= 1 }
    }

    private var firstAwaited: CircularBuffer<Ping>.Index? { self.pings.firstIndex { $0.standing == .awaited } }
    private func index(of id: ID) -> CircularBuffer<Ping>.Index? { self.pings.firstIndex { $0.id == id } }
}

import NIOCore

#if RED_CONTROLS
internal import RedControls
#endif

/// Which pong answers which ping, where neither carries an id: agentctl's `ping` and `pong`.
///
/// A server answers in the order in which it was asked, so each pong answers the oldest ping. Only what becomes of a ping
/// that nobody waits for any more takes thought: its pong may be late, or never come.
///
/// ```
///             nobody waits any more           a marker behind it was answered, or it is old
///   awaited ────────────────────────► owed ─────────────────────────────────────────────────► doubtful
/// ```
///
/// - `awaited`: the next pong is its answer, if no other ping is before it.
/// - `owed`: the next pong is its, and answers nobody.
/// - `doubtful`: the server is past it, and its pong did not come. The next pong is rather that of the first awaited
///   ping, but is taken for it only when no further one comes for a while: who was asked later than it was answered
///   must not get a time that is too short.
///
/// The *marker* is a WebSocket Ping: a server that reads in order answers it after all that was asked before.
struct PingOrder: Sendable {
    typealias ID = UInt64

    /// A ping that got its answer.
    struct Answered: Sendable, Equatable {
        var id: ID
        var roundTrip: Duration
    }

    private enum Standing { case awaited, owed, doubtful }

    private struct Ping {
        var id: ID
        var begunAt: Duration
        /// Its place among all that were sent.
        var number: UInt64
        var standing = Standing.awaited
        /// Whether its frame is on its way, so that a marker comes behind it.
        var isQueued = false
        /// Whether a pong that came in its time went to an older one.
        var sawAnother = false
    }

    /// The most pings that are kept, or sent, without that anybody waits for them.
    static let limit = 64

    private let maximumAge: Duration
    // It begins with room for sixteen otherwise, 672 bytes of every idle stream.
    private var pings = CircularBuffer<Ping>(initialCapacity: 1)
    private var lastNumber: UInt64 = 0
    /// How many are owed an answer.
    private var owedCount = 0
    /// When the pongs came of which it is not known whether they answer a doubtful ping or an awaited one.
    private var candidates: [Duration] = []
    /// The marker on its way: the last ping before it; and how many messages had come when it was answered.
    private var marker: (number: UInt64, answeredAfter: Int?)?

    /// - Parameter maximumAge: A ping that was begun so long ago is not owed an answer any more.
    init(maximumAge: Duration) { self.maximumAge = maximumAge }

    /// How many pings are kept.
    var count: Int { self.pings.count }
    /// Whether pongs have come that need time, and then ``settle()``.
    var isInDoubt: Bool { !self.candidates.isEmpty }

    // MARK: Sending

    /// Whether another ping may be sent: not while as many as ``limit`` are owed an answer.
    mutating func allowsSending(now: Duration) -> Bool {
        self.forgetOld(now)
        #if RED_CONTROLS
        if RedControl.isActive(.unansweredPingsSent) { return true }
        #endif
        return self.owedCount < Self.limit
    }

    /// A ping is about to be handed to the connection.
    mutating func sends(_ id: ID, begunAt: Duration, now: Duration) {
        self.forgetOld(now)
        self.lastNumber += 1
        self.pings.append(Ping(id: id, begunAt: begunAt, number: self.lastNumber))
    }

    /// It is on its way: what is sent from now on is behind it.
    mutating func queued(_ id: ID) {
        guard let index = self.index(of: id) else { return }
        self.pings[index].isQueued = true
    }

    /// How far a ping is that was not answered.
    enum Progress {
        /// It was not handed to the connection.
        case waits
        /// It is being handed to the connection.
        case leaves
        /// It is on its way, or the server has it.
        case sent
    }

    func progress(of id: ID) -> Progress {
        guard let index = self.index(of: id) else { return .waits }
        return self.pings[index].isQueued ? .sent : .leaves
    }

    /// It was not sent after all.
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
    /// - Parameter messages: How many messages had come before; those may still wait to be looked at.
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

    /// A pong came.
    ///
    /// - Parameters:
    ///   - message: Its place among all messages that came, 1 for the first.
    ///   - now: The time.
    /// - Returns: Who got an answer by it.
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
        // One for each of those before it, and one for itself.
        self.candidates.removeFirst()
        let asked = self.pings.remove(at: index)
        self.payIfNobodyWaits()
        return [Answered(id: asked.id, roundTrip: now - asked.begunAt)]
    }

    /// No further pong has come for a while: those that came are the answers to who waits.
    ///
    /// - Returns: Who got an answer.
    mutating func settle() -> [Answered] {
        var answered: [Answered] = []
        while let candidate = self.candidates.first, let index = self.firstAwaited {
            self.candidates.removeFirst()
            let ping = self.pings[index]
            answered.append(Answered(id: ping.id, roundTrip: candidate - ping.begunAt))
            // What is before it was passed over for good.
            for _ in 0...self.pings.distance(from: self.pings.startIndex, to: index) {
                self.remove(at: self.pings.startIndex)
            }
        }
        self.candidates = []
        return answered
    }

    // MARK: Giving up

    /// The time of a ping is over.
    ///
    /// - Returns: Who got an answer: the ping itself, too, if a pong came that may be its own.
    mutating func timedOut(_ id: ID) -> [Answered] {
        guard let index = self.index(of: id), self.pings[index].standing == .awaited else { return [] }
        let answered = self.settle()
        self.stopsWaiting(id)
        return answered
    }

    /// Nobody waits for a ping any more.
    mutating func stopsWaiting(_ id: ID) {
        guard let index = self.index(of: id), self.pings[index].standing == .awaited else { return }
        self.pings[index].standing = .owed
        self.owedCount += 1
        let ping = self.pings[index]
        // One pong too few has come, and nobody knows whose.
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

    /// Pongs for which nobody waits were those of the doubtful pings.
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
        guard self.pings.count > Self.limit else { return }
        #if RED_CONTROLS
        if RedControl.isActive(.unansweredPingsKept) { return }
        #endif
        var surplus = self.pings.lazy.filter { $0.standing != .awaited }.count - Self.limit
        while surplus > 0, let index = self.pings.firstIndex(where: { $0.standing != .awaited }) {
            self.remove(at: index)
            surplus -= 1
        }
        self.leaveDoubt()
    }

    /// Nothing is doubtful any more.
    private mutating func leaveDoubt() {
        if self.pings.first?.standing != .doubtful { self.candidates = [] }
    }

    private mutating func remove(at index: CircularBuffer<Ping>.Index) {
        if self.pings.remove(at: index).standing == .owed { self.owedCount -= 1 }
    }

    private var firstAwaited: CircularBuffer<Ping>.Index? { self.pings.firstIndex { $0.standing == .awaited } }
    private func index(of id: ID) -> CircularBuffer<Ping>.Index? { self.pings.firstIndex { $0.id == id } }
}

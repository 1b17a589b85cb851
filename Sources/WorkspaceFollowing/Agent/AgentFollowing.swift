import AgentRuntime
import ConcurrencyPrimitives
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Everything that a follower of an agent stream knows, as one value behind one lock.
///
/// Events stay in the queues of their streams. The list of what waits has each stream in the place of its events, so
/// the consumer takes them directly, in order, and the bounds are those of a stream that nobody follows.
struct AgentFollowing: DrivenState {
    /// A stream, with its number among the streams of the follower.
    struct Segment: Sendable {
        let number: Int
        let stream: AgentStream
    }

    /// What waits for the consumer.
    enum Item: Sendable {
        case element(FollowedAgentElement)
        case events(Segment)
        /// From here on another runtime is followed; the turns of older streams end unseen.
        case replaced(Gap, before: Int)
    }

    /// The place of an event among all events: the number of its stream, and its number there.
    struct Place: Sendable, Comparable {
        var stream: Int
        var event: Int

        static func < (left: Self, right: Self) -> Bool { (left.stream, left.event) < (right.stream, right.event) }
    }

    let watch: FollowerWatch?
    private let settings: FollowerMachine.Settings
    private let maximumQueued: (events: Int, bytes: Int)
    private(set) var machine = FollowerMachine()
    var parts = DriverParts()
    private(set) var endpoint: FollowedEndpoint?
    /// The client of the runtime; after a change, what it knows of the agent is handed on.
    var client: AgentRuntimeClient?
    private var isReplaced = false
    /// The last moment before the connection was lost; nil while nothing is lost.
    private var lostAt: Gap.Moment?

    private(set) var items: [Item] = []
    /// The stream that is open.
    private(set) var current: Segment?
    /// The open stream whose events wait for a recovery before them.
    private var heldBack: Segment?
    private var streams = 0
    /// The turns whose end has not come.
    var turns: [ObjectIdentifier: RunningTurn] = [:]

    /// Resolves when something waits for the consumer; nil if no consumer waits.
    var waiter: Promise<Void>?
    /// Resolves when the consumer has taken something; nil if no attempt waits for it.
    var roomWaiter: Promise<Void>?
    /// The callers that wait for an open stream.
    var streamWaiters: [ObjectIdentifier: Promise<Void>] = [:]
    var isOver = false
    var isDiscarding = false

    init(_ configuration: FollowerConfiguration, of workspace: String? = nil) {
        self.watch = FollowerWatch(configuration, .agent, of: workspace)
        // The agent stream has nothing to audit.
        self.settings = FollowerMachine.Settings(reconnect: configuration.reconnect, auditInterval: nil)
        let runtime = configuration.runtime
        self.maximumQueued = (runtime.maximumQueuedEvents, runtime.maximumQueuedBytes)
    }

    mutating func meets(_ found: FollowedEndpoint, after known: FollowedEndpoint?) {
        self.endpoint = found
        self.watch?.meets(found)
        if let known, !known.isSameInstance(as: found) { self.isReplaced = true }
    }

    // MARK: Steps of the machine

    /// Takes a step, and queues what the consumer is told.
    ///
    /// - Returns: The actions for the driver.
    mutating func step(_ input: FollowerMachine.Input, _ now: Following.Now) -> [FollowerMachine.Action] {
        self.prepare(input, now)
        let actions = self.machine.step(
            input,
            now: now.environment.now(),
            wall: now.wall,
            settings: self.settings,
            random: now.environment.random
        )
        self.watch?.stepped(input, actions)
        for action in actions {
            guard case .state(let state) = action else { continue }
            self.append(.element(.connection(state)))
            if state == .live { self.releaseEvents() }
        }
        return actions
    }

    private mutating func prepare(_ input: FollowerMachine.Input, _ now: Following.Now) {
        switch input {
        case .lost(let operation, _), .left(let operation): if operation.kind != .stream { return }
        default: return
        }
        guard let segment = self.current else { return }
        self.current = nil
        // It has ended during a recovery. Its events were taken from agentctl, so they must not be lost.
        #if RED_CONTROLS
        if RedControl.isActive(.agentEventsOfALostReturn) { self.heldBack = nil }
        #endif
        if self.heldBack != nil {
            if self.streams > 1 { self.appendGap(now) }
            self.releaseEvents()
        }
        let lastEvent = segment.stream.lastEvent ?? now.wall
        if self.lostAt == nil { self.lostAt = Gap.Moment(local: min(lastEvent, now.wall)) }
    }

    /// A dial has opened a stream.
    mutating func opened(_ stream: AgentStream, _ operation: FollowerMachine.Operation) -> [Promise<Void>] {
        self.parts.opened(operation) { stream.requestClose(within: $0) }
        self.streams += 1
        let segment = Segment(number: self.streams, stream: stream)
        (self.current, self.heldBack) = (segment, segment)
        return self.takeStreamWaiters()
    }

    /// What was missed is told, then the events that came meanwhile.
    ///
    /// - Parameters:
    ///   - recovery: The operation that has asked.
    ///   - permissions: The permission requests that wait; nil if that is not known.
    ///   - now: The time.
    /// - Returns: The actions for the driver.
    mutating func finishRecovery(
        _ recovery: FollowerMachine.Operation,
        _ permissions: [AgentPermission]?,
        _ now: Following.Now
    ) -> [FollowerMachine.Action] {
        if self.machine.isCurrent(recovery: recovery) {
            let since = self.lostAt
            self.appendGap(now)
            if let permissions {
                self.append(.element(.permissions(permissions)))
            } else {
                let until = Gap.Moment(local: now.wall)
                let gap = Gap(.stream, cause: .unanswered, since: since ?? until, until: until, certainty: .unknown)
                self.append(.element(.gap(gap)))
            }
        }
        return self.step(.recovered(recovery), now)
    }

    // MARK: What waits

    private mutating func appendGap(_ now: Following.Now) {
        let until = Gap.Moment(local: now.wall)
        let since = self.lostAt ?? until
        if self.isReplaced {
            self.append(.replaced(Gap(.stream, cause: .replaced, since: since, until: until), before: self.streams))
        } else {
            let gap = Gap(.stream, cause: .disconnected, since: since, until: until, certainty: .unknown)
            self.append(.element(.gap(gap)))
        }
        (self.lostAt, self.isReplaced) = (nil, false)
    }

    private mutating func releaseEvents() {
        guard let segment = self.heldBack.take() else { return }
        self.append(.events(segment))
    }

    private mutating func append(_ item: Item) {
        self.items.append(item)
        switch item {
        case .element(.gap(let gap)), .replaced(let gap, _): self.watch?.gap(gap)
        default: break
        }
        if self.isDiscarding { self.discard() }
    }

    /// Drops what waits.
    mutating func discard() {
        for item in self.items { if case .events(let segment) = item { segment.stream.discardEvents() } }
        self.items = []
    }

    /// The number of elements that are no events, above which no further connection is made.
    private static let maximumItems = 1024

    /// Whether what waits is below the bounds of one stream, so that another one may be opened.
    var hasRoom: Bool {
        var (events, bytes) = (0, 0)
        for case .events(let segment) in self.items {
            let queued = segment.stream.queued
            events += queued.events
            bytes += queued.bytes
        }
        return self.items.count < Self.maximumItems && events < self.maximumQueued.events
            && bytes < self.maximumQueued.bytes
    }

    /// What the consumer takes next; the events of a stream stay until ``passed(_:)``.
    mutating func next() -> Item? {
        guard let item = self.items.first else { return nil }
        switch item {
        case .events: return item
        case .element(.connection(.gone)): self.endTurns { _ in true }
        case .replaced(_, let number): self.endTurns { $0.first.stream < number }
        case .element: break
        }
        self.items.removeFirst()
        return item
    }

    /// The consumer has taken all events of a stream.
    mutating func passed(_ segment: Segment) {
        guard case .events(let first) = self.items.first, first.number == segment.number else { return }
        self.items.removeFirst()
    }

    // MARK: Turns

    /// Ends turns whose end cannot come any more.
    private mutating func endTurns(_ isOver: (RunningTurn) -> Bool) {
        for (id, turn) in self.turns where isOver(turn) {
            self.turns[id] = nil
            self.ended.append((turn, .unseen))
        }
    }

    /// Ends all turns, because nobody will take their ends.
    mutating func endAllTurns() { self.endTurns { _ in true } }

    /// The turns that have ended in this critical section, to resolve outside of it.
    private var ended: [(RunningTurn, FollowedAgentTurn.End)] = []

    /// The consumer has taken the end of a turn, or an error.
    mutating func took(_ end: FollowedAgentTurn.End, of event: AgentEvent, at place: Place) {
        for (id, turn) in self.turns where turn.isEnded(by: event, at: place) {
            self.turns[id] = nil
            self.ended.append((turn, end))
        }
    }

    // MARK: What must be woken

    /// What must be resolved outside of the lock.
    struct Wake: Sendable {
        fileprivate var promises: [Promise<Void>] = []
        fileprivate var turns: [(RunningTurn, FollowedAgentTurn.End)] = []

        func perform() {
            for (turn, end) in self.turns { turn.ended.resolve(end) }
            for promise in self.promises { promise.resolve(()) }
        }
    }

    mutating func wake() -> Wake {
        var wake = Wake(turns: self.ended)
        self.ended = []
        if !self.items.isEmpty || self.isOver, let waiter = self.waiter.take() { wake.promises.append(waiter) }
        if self.roomWaiter != nil, self.hasRoom, let waiter = self.roomWaiter.take() { wake.promises.append(waiter) }
        if self.machine.isEnding { wake.promises += self.takeStreamWaiters() }
        return wake
    }

    private mutating func takeStreamWaiters() -> [Promise<Void>] {
        defer { self.streamWaiters = [:] }
        return Array(self.streamWaiters.values)
    }
}

/// A turn whose end has not been taken.
struct RunningTurn: Sendable {
    let generation: Int64
    /// The first event that can belong to it.
    let first: AgentFollowing.Place
    let ended: Promise<FollowedAgentTurn.End>

    /// Whether an event that ends a turn, or tells an error, ends this one.
    func isEnded(by event: AgentEvent, at place: AgentFollowing.Place) -> Bool {
        if let generation = event.promptGeneration { return generation == self.generation }
        // Without a number it is about the agent's process.
        return place >= self.first
    }
}

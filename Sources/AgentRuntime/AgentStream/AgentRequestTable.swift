#if RED_CONTROLS
internal import RedControls
#endif

/// The requests of one agent stream that have no answer yet, as a pure value.
///
/// ```
///   request           place free           handOver               enqueued           answered
///  ────────► waiting ───────────► admitted ─────────► handing over ─────────► queued ─────────► gone
///               │ gaveUp              │ gaveUp             │ gaveUp, ended       │ gaveUp         ▲
///               ▼                     ▼                    ▼                     ▼   withdrew     │
///           gone: not sent        gone: not sent      then deciding          deciding ────────────┘
/// ```
///
/// - `waiting`: all places are taken, so the request is not sent yet. Requests get a place in their order.
/// - `admitted`: the request has a place. Its caller hands it to the queue of commands next.
/// - `handing over`: its caller puts it into the queue just now, so the writer may have it or not.
/// - `queued`: it is in the queue, or was sent.
/// - `deciding`: its caller gave up. Only the queue knows whether the writer has taken the request.
///
/// It keeps five rules:
///
/// 1. *Numbers are never used twice*, so an answer can't be taken for the answer to another request.
/// 2. *A request has one outcome.* An answer that comes after it is counted, and is nothing else.
/// 3. *Not sent is a fact.* A request that the writer may have taken is never called not sent. One that was not sent is
///    called unknown only if its caller gives up just when the queue drops it because the stream ends.
/// 4. *The end of the stream ends all its requests*, and those of no other stream: each stream has its own table.
/// 5. *A place is free again with the outcome*, and the next waiting request gets it.
struct AgentRequestTable: Sendable, Hashable {
    /// Identifies a request; never used twice.
    typealias Number = UInt64

    /// Why a request has no answer.
    enum Reason: Sendable, Hashable {
        /// Its time was over.
        case deadline
        /// Its caller was cancelled.
        case cancelled
        /// The consumer did not take the events before the answer.
        case heldBack
        /// The stream ended.
        case lost
    }

    /// What became of a request.
    enum Outcome: Sendable, Hashable {
        case answered
        /// It was not sent, and will not be.
        case notSent(Reason)
        /// It may have been sent, and what the agent did is not known.
        case unknown(Reason)
    }

    /// What the driver does, in this order, after it has unlocked.
    enum Action: Sendable, Hashable {
        /// Tell the caller that its request has a place.
        case admit(Number)
        /// Tell the caller the outcome.
        case resolve(Number, Outcome)
        /// Withdraw the request from the queue of commands, then call `withdrew`.
        case withdraw(Number)
    }

    private enum State: Sendable, Hashable {
        case waiting
        case admitted
        case handingOver(gaveUp: Reason?)
        case queued(gaveUp: Reason?)
    }

    private let capacity: Int
    private var lastNumber: Number = 0
    private var states: [Number: State] = [:]
    /// The requests without a place, the oldest first.
    private var waiting: [Number] = []
    private(set) var isEnded = false
    /// Answers to requests that had their outcome, or were never sent.
    private(set) var lateAnswers = 0

    /// - Parameter capacity: The number of requests that can be sent at the same time, 1 or more.
    init(capacity: Int) { self.capacity = capacity }

    /// The number of requests that have a place.
    var placesTaken: Int { self.states.count - self.waiting.count }

    /// What the caller does after `request`.
    enum OnRequest: Sendable, Hashable {
        /// The request has a place: call `handOver`.
        case admitted(Number)
        /// Wait for the action `admit` or `resolve`.
        case waits(Number)
        /// The stream has ended.
        case refused
    }

    /// A caller has a request.
    mutating func request() -> OnRequest {
        guard !self.isEnded else { return .refused }
        self.lastNumber += 1
        let number = self.lastNumber
        #if RED_CONTROLS
        let hasRoom = self.placesTaken < self.capacity || RedControl.isActive(.agentTableUnbounded)
        #else
        let hasRoom = self.placesTaken < self.capacity
        #endif
        guard hasRoom else {
            self.states[number] = .waiting
            self.waiting.append(number)
            return .waits(number)
        }
        self.states[number] = .admitted
        return .admitted(number)
    }

    /// The caller is about to put its request into the queue.
    ///
    /// - Returns: Whether it may; false if the request has its outcome.
    mutating func handOver(_ number: Number) -> Bool {
        guard self.states[number] == .admitted else { return false }
        self.states[number] = .handingOver(gaveUp: nil)
        return true
    }

    /// The request is in the queue.
    mutating func enqueued(_ number: Number) -> [Action] {
        guard case .handingOver(let reason) = self.states[number] else { return [] }
        self.states[number] = .queued(gaveUp: reason)
        return reason == nil ? [] : [.withdraw(number)]
    }

    /// The request can't be sent: the queue is closed, or the connection did not take it.
    ///
    /// - Parameters:
    ///   - number: The request.
    ///   - mayBeSent: Whether the runtime may have received it nevertheless.
    /// - Returns: What to do.
    mutating func notDelivered(_ number: Number, mayBeSent: Bool) -> [Action] {
        switch self.states[number] {
        case .handingOver, .queued: self.finish(number, mayBeSent ? .unknown(.lost) : .notSent(.lost))
        case .waiting, .admitted, nil: []
        }
    }

    /// The caller gives up.
    mutating func gaveUp(_ number: Number, _ reason: Reason) -> [Action] {
        switch self.states[number] {
        case .waiting, .admitted: return self.finish(number, .notSent(reason))
        case .handingOver(gaveUp: nil):
            self.states[number] = .handingOver(gaveUp: reason)
            return []
        case .queued(gaveUp: nil):
            #if RED_CONTROLS
            if RedControl.isActive(.agentRequestToldNotSent) { return self.finish(number, .notSent(reason)) }
            #endif
            self.states[number] = .queued(gaveUp: reason)
            return [.withdraw(number)]
        case .handingOver, .queued, nil: return []
        }
    }

    /// The driver has tried to withdraw a request.
    ///
    /// - Parameters:
    ///   - number: The request.
    ///   - wasQueued: Whether it was still in the queue; then it is not sent.
    /// - Returns: What to do.
    mutating func withdrew(_ number: Number, wasQueued: Bool) -> [Action] {
        guard case .queued(gaveUp: let reason?) = self.states[number] else { return [] }
        return self.finish(number, wasQueued ? .notSent(reason) : .unknown(reason))
    }

    /// An answer has come.
    mutating func answered(_ number: Number) -> [Action] {
        switch self.states[number] {
        case .handingOver, .queued: return self.finish(number, .answered)
        case .waiting, .admitted, nil:
            self.lateAnswers += 1
            return []
        }
    }

    /// The consumer does not take the events before the answers; all requests that wait for one give up.
    mutating func heldBack() -> [Action] {
        // Those that get a place just now are not sent yet, so they go on.
        let numbers = self.states.filter { $0.value != .waiting }.keys.sorted()
        return numbers.flatMap { self.gaveUp($0, .heldBack) }
    }

    /// The stream has ended: no request is sent, and no answer comes any more.
    ///
    /// Before, the driver has reported each request that the queue or the connection has dropped.
    mutating func ended() -> [Action] {
        self.isEnded = true
        // They get no place, so they must not be admitted one after the other.
        let waiting = self.waiting
        self.waiting = []
        return self.states.keys.sorted().flatMap { number -> [Action] in
            switch self.states[number] {
            #if RED_CONTROLS
            case .queued where RedControl.isActive(.agentRequestsOutliveTheStream): return []
            #endif
            case .queued(gaveUp: nil): return self.finish(number, .unknown(.lost))
            // The driver is about to report whether the writer has taken it.
            case .queued: return []
            // Its caller is about to report whether it is in the queue.
            case .handingOver: return self.gaveUp(number, .lost)
            case .admitted: return self.finish(number, .notSent(.lost))
            case .waiting:
                guard waiting.contains(number) else { return [] }
                self.states[number] = nil
                return [.resolve(number, .notSent(.lost))]
            case nil: return []
            }
        }
    }

    /// Removes a request, and gives its place to the next one.
    private mutating func finish(_ number: Number, _ outcome: Outcome) -> [Action] {
        let hadPlace = self.states[number] != .waiting
        self.states[number] = nil
        guard hadPlace else {
            self.waiting.removeAll { $0 == number }
            return [.resolve(number, outcome)]
        }
        #if RED_CONTROLS
        if RedControl.isActive(.agentPlaceNotPassedOn) { return [.resolve(number, outcome)] }
        #endif
        guard !self.waiting.isEmpty else { return [.resolve(number, outcome)] }
        let next = self.waiting.removeFirst()
        self.states[next] = .admitted
        return [.resolve(number, outcome), .admit(next)]
    }
}

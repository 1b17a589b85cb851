import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// The requests of one agent stream and their answers; drives the ``AgentRequestTable``: lock, decide, unlock, act.
final class AgentExchange: Sendable {
    typealias Commands = CommandQueue<[UInt8]>
    private typealias Number = AgentRequestTable.Number

    /// A request and its caller.
    private final class Call: Sendable {
        let action: AgentAction
        let timeout: Duration
        let outcome = Promise<Result<RawJSON, AgentRuntimeError>>()
        /// Resolves when the request has a place, or its outcome.
        let place = Promise<Void>()
        let ticket = Locked<Commands.Ticket?>(nil)

        init(_ action: AgentAction, _ timeout: Duration) { (self.action, self.timeout) = (action, timeout) }
    }

    private struct State {
        var table: AgentRequestTable
        var calls: [Number: Call] = [:]
        var commands: Commands?
        var foreignAnswers = 0
    }

    /// Begins every id of this stream, so that an id is unique among all streams, too.
    private let prefix: String
    private let timers: any RuntimeTimers
    private let state: Locked<State>
    /// Called when a request begins to wait for its answer; must not wait.
    private let onPending = Locked<@Sendable () -> Void>({})

    init(capacity: Int, timers: any RuntimeTimers) {
        self.prefix = String(UInt64.random(in: .min ... .max), radix: 36) + "-"
        self.timers = timers
        self.state = Locked(State(table: AgentRequestTable(capacity: capacity)))
    }

    /// Connects the parts of a stream, before its first task runs.
    func attach(_ commands: Commands) { self.state.withLock { $0.commands = commands } }
    func notify(_ onPending: @escaping @Sendable () -> Void) { self.onPending.withLock { $0 = onPending } }

    /// Whether a request waits for its answer, so that the reader must go on.
    var isPending: Bool { self.state.withLock { $0.table.placesTaken > 0 } }
    /// Answers that came too late, or belong to no request.
    var lateAnswers: Int { self.state.withLock { $0.table.lateAnswers + $0.foreignAnswers } }

    // MARK: Callers

    /// Sends a request, and waits for its answer.
    ///
    /// - Parameters:
    ///   - action: What is wanted, for messages.
    ///   - timeout: How long to wait for a place, for the writer and for the answer together.
    ///   - frame: Encodes the request with its id.
    /// - Returns: The answer.
    /// - Throws: ``AgentRuntimeError``; `CancellationError`.
    func perform(_ action: AgentAction, within timeout: Duration, frame: (String) -> [UInt8]) async throws -> RawJSON {
        let call = Call(action, timeout)
        let (number, isAdmitted) = try self.begin(call)
        let timer = self.timers.schedule(after: timeout) { self.step { $0.gaveUp(number, .deadline) } }
        defer { timer.cancel() }
        do {
            if !isAdmitted { try await call.place.waitUnlessCancelled() }
            self.handOver(number, call, frame)
            return try await call.outcome.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            #if RED_CONTROLS
            if RedControl.isActive(.agentRequestOutlivesItsCaller) { throw error }
            #endif
            self.step { $0.gaveUp(number, .cancelled) }
            throw error
        }
    }

    private func begin(_ call: Call) throws(AgentRuntimeError) -> (Number, isAdmitted: Bool) {
        let (number, isAdmitted) = self.state.withLock { state -> (Number?, Bool) in
            switch state.table.request() {
            case .refused: return (nil, false)
            case .admitted(let number):
                state.calls[number] = call
                return (number, true)
            case .waits(let number):
                state.calls[number] = call
                return (number, false)
            }
        }
        guard let number else { throw .requestNotSent(call.action) }
        return (number, isAdmitted)
    }

    /// Puts a request that has a place into the queue of commands, unless it has its outcome.
    private func handOver(_ number: Number, _ call: Call, _ frame: (String) -> [UInt8]) {
        let commands = self.state.withLock { $0.table.handOver(number) ? $0.commands : nil }
        guard let commands else { return }
        self.onPending.withLock { $0 }()
        do throws(AgentRuntimeError) {
            let ticket = try commands.enqueue(frame(self.prefix + String(number)))
            call.ticket.withLock { $0 = ticket }
            self.step { $0.enqueued(number) }
            ticket.receipt.whenKnown { outcome in
                guard case .failure(let error) = outcome else { return }
                self.step { $0.notDelivered(number, mayBeSent: error.code == .deliveryUnknown) }
            }
        } catch {
            self.step { $0.notDelivered(number, mayBeSent: false) }
        }
    }

    // MARK: The reader

    /// Takes an answer.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - answer: The answer, or the error of the server.
    func received(_ id: String, _ answer: Result<RawJSON, AgentServerError>) {
        guard id.hasPrefix(self.prefix), let number = Number(id.dropFirst(self.prefix.count)) else {
            return self.state.withLock { $0.foreignAnswers += 1 }
        }
        self.step(answer) { $0.answered(number) }
    }

    /// The consumer does not take the events before the answers.
    func heldBack() { self.step { $0.heldBack() } }

    /// The stream has ended.
    func ended() { self.step { $0.ended() } }

    // MARK: Acting

    private func step(
        _ answer: Result<RawJSON, AgentServerError>? = nil,
        _ change: (inout AgentRequestTable) -> [AgentRequestTable.Action]
    ) {
        let (work, commands) = self.state.withLock { state in
            let work = change(&state.table).map { action -> (AgentRequestTable.Action, Call?) in
                switch action {
                case .admit(let number), .withdraw(let number): (action, state.calls[number])
                case .resolve(let number, _): (action, state.calls.removeValue(forKey: number))
                }
            }
            return (work, state.commands)
        }
        for (action, call) in work {
            guard let call else { continue }
            switch action {
            case .admit: call.place.resolve(())
            case .resolve(_, let outcome):
                call.outcome.resolve(Self.result(outcome, answer, call.action, call.timeout))
                call.place.resolve(())
            case .withdraw(let number):
                let wasQueued = call.ticket.withLock { $0 }.map { commands?.withdraw($0) ?? false } ?? false
                self.step { $0.withdrew(number, wasQueued: wasQueued) }
            }
        }
    }

    private static func result(
        _ outcome: AgentRequestTable.Outcome,
        _ answer: Result<RawJSON, AgentServerError>?,
        _ action: AgentAction,
        _ timeout: Duration
    ) -> Result<RawJSON, AgentRuntimeError> {
        switch outcome {
        case .answered: (answer ?? .success(.null)).mapError { AgentRuntimeError(refusing: action, $0) }
        case .notSent(.deadline): .failure(.requestNotSent(action, within: timeout))
        case .notSent(.heldBack): .failure(.answerHeldBack(action, .notSent))
        case .notSent: .failure(.requestNotSent(action))
        case .unknown(.deadline): .failure(.noAnswer(action, within: timeout))
        case .unknown(.heldBack): .failure(.answerHeldBack(action, .unknown))
        case .unknown: .failure(.noAnswer(action))
        }
    }
}

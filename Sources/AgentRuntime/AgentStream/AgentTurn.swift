import ConcurrencyPrimitives
public import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// One turn of the agent: a prompt that the server has accepted, and the events until its end.
///
/// ```swift
/// let turn = try await stream.prompt("Fix the test")
/// for try await event in turn.events { … }
/// print(turn.end)
/// ```
public final class AgentTurn: Sendable {
    /// How a turn ended.
    @nonexhaustive public enum End: Sendable {
        /// The agent is done, or was cancelled: see `AgentEvent.stopReason` of the event.
        indirect case completed(AgentEvent)
        /// The agent failed, or its process ended: the content of the event is `AgentFailure`.
        indirect case failed(AgentEvent)
    }

    /// The number of the prompt; the event at the end of the turn repeats it.
    public let generation: Int64
    let stream: AgentStream
    /// The number of events that had come before the prompt was sent.
    private let firstEvent: Int
    private let state: Locked<(end: End?, span: TurnSpan?)>

    init(_ generation: Int64, stream: AgentStream, firstEvent: Int, span: TurnSpan? = nil) {
        (self.generation, self.stream, self.firstEvent) = (generation, stream, firstEvent)
        self.state = Locked((nil, span))
    }

    /// How the turn ended; nil until ``events`` have given its last event.
    public var end: End? { self.state.withLock { $0.end } }

    /// The span of the turn, for the one who sees its end; nil if there is none, or it was taken.
    package func takeSpan() -> TurnSpan? { self.state.withLock { $0.span.take() } }

    /// The events of the stream until the end of this turn; the last one is `complete` or `error`.
    ///
    /// They are the events of ``AgentStream/events``, so only one task may iterate over either. Events that came before
    /// and were not taken are first, and the end of an earlier turn does not end the sequence. If the stream ends
    /// before, the sequence ends or throws like ``AgentStream/events``, and ``end`` stays nil.
    ///
    /// If another loop takes the last event of the turn, this sequence ends only with the stream.
    ///
    /// An `error` without a number is about the agent's process, so it ends the turn, too, if it came after the prompt.
    /// After a crash another such error follows; it is the next event of the stream.
    public var events: AgentTurnEvents { AgentTurnEvents(turn: self) }

    /// Asks the agent to end the turn early; see ``AgentStream/cancel(timeout:)``.
    ///
    /// - Parameter timeout: The time limit; nil means ``AgentStreamConfiguration/cancelTimeout``.
    /// - Returns: Whether the agent has acknowledged.
    /// - Throws: The errors of ``AgentStream/cancel(timeout:)``.
    public func cancel(timeout: Duration? = nil) async throws -> AgentCancellation {
        try await self.stream.cancel(timeout: timeout)
    }

    /// Its end can't come any more, so the span ends without it.
    func endsUnseen() { self.takeSpan()?.end("unseen") }

    private func end(_ end: End, _ name: String) {
        self.state.withLock { $0.end = end }
        self.takeSpan()?.end(name)
    }

    /// Notes the end of the turn, if this event is it.
    func take(_ event: AgentEvent, number: Int) {
        let isOurs: Bool
        if let generation = event.promptGeneration {
            isOurs = generation == self.generation
        } else {
            isOurs = number >= self.firstEvent
        }
        #if RED_CONTROLS
        guard isOurs || RedControl.isActive(.agentTurnEndsWithAnother) else { return }
        #else
        guard isOurs else { return }
        #endif
        switch event.content {
        case .complete: self.end(.completed(event), "completed")
        case .error: self.end(.failed(event), "failed")
        default: return
        }
    }
}

/// The events of a stream until the end of a turn; see ``AgentTurn/events``.
public struct AgentTurnEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = AgentEvent

    let turn: AgentTurn

    /// Creates an iterator; the events are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator {
        Iterator(turn: self.turn, current: CurrentAgentEvents(stream: self.turn.stream))
    }

    /// Takes events until the end of the turn.
    public struct Iterator: AsyncIteratorProtocol {
        let turn: AgentTurn
        let current: CurrentAgentEvents

        /// The next event.
        ///
        /// - Returns: The event; nil after the end of the turn, and if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next() async throws -> AgentEvent? { try await self.next(isolation: #isolation) }

        /// The next event, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The event; nil after the end of the turn, and if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> AgentEvent? {
            guard self.turn.end == nil else { return nil }
            do {
                guard let next = try await self.current.next(isolation: actor) else {
                    self.turn.endsUnseen()
                    return nil
                }
                self.turn.take(next.event, number: next.number)
                return next.event
            } catch {
                // The stream goes on without this task.
                let goesOn = error is CancellationError || (error as? AgentRuntimeError)?.code == .alreadyReceiving
                if !goesOn { self.turn.endsUnseen() }
                throw error
            }
        }
    }
}

@available(*, unavailable)
extension AgentTurnEvents.Iterator: Sendable {}

/// What became of the wish to end a turn early.
@nonexhaustive public enum AgentCancellation: Sendable, Hashable {
    /// The agent has stopped, or no turn was under way.
    case acknowledged
    /// The agent did not say in time that it has stopped; the turn may go on. The text says why.
    case notAcknowledged(String)
}

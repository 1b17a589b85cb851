public import AgentRuntime
import ConcurrencyPrimitives
public import WorkspaceProtocol

/// One turn of a followed agent: a prompt that the server has accepted.
///
/// It goes on when the connection is lost.
///
/// ```swift
/// let turn = try await agent.prompt("Fix the test")
/// for try await element in turn.elements { … }
/// print(turn.end)
/// ```
public final class FollowedAgentTurn: Sendable {
    /// How a turn ended.
    @nonexhaustive public enum End: Sendable {
        /// The agent is done, or was cancelled: see `AgentEvent.stopReason` of the event.
        indirect case completed(AgentEvent)
        /// The agent failed, or its process ended: the content of the event is `AgentFailure`.
        indirect case failed(AgentEvent)
        /// Its end was not seen, and will not be: another runtime is followed, or the follower has ended.
        case unseen

        var name: String {
            switch self {
            case .completed: "completed"
            case .failed: "failed"
            case .unseen: "unseen"
            }
        }
    }

    /// The number of the prompt; the event at the end of the turn repeats it.
    public let generation: Int64
    private let follower: AgentFollower
    private let ended: Promise<End>

    init(_ turn: RunningTurn, of follower: AgentFollower) {
        (self.generation, self.ended, self.follower) = (turn.generation, turn.ended, follower)
    }

    /// How the turn ended; nil until a task has taken its last event.
    public var end: End? { self.ended.value }

    /// The elements of the follower until the end of this turn, on whatever connection it comes.
    ///
    /// They are the elements of ``AgentFollower/elements``, so only one task may iterate over either. If another loop
    /// takes the last event of the turn, this sequence ends with the next element. If another client has taken it from
    /// agentctl, which a gap before it could tell, the sequence ends with the follower.
    public var elements: FollowedAgentTurnElements { FollowedAgentTurnElements(turn: self, follower: self.follower) }

    /// Waits until some task has taken the last event of the turn from ``AgentFollower/elements``.
    ///
    /// - Returns: How it ended.
    /// - Throws: `CancellationError`; the turn is not affected.
    public func waitUntilEnded() async throws(CancellationError) -> End { try await self.ended.waitUnlessCancelled() }

    /// Asks the agent to end the turn early; see ``AgentFollower/cancel(timeout:)``.
    ///
    /// - Parameter timeout: See ``AgentFollower/cancel(timeout:)``.
    /// - Returns: Whether the agent has acknowledged.
    /// - Throws: The errors of ``AgentFollower/cancel(timeout:)``.
    public func cancel(timeout: Duration? = nil) async throws -> AgentCancellation {
        try await self.follower.cancel(timeout: timeout)
    }
}

/// The elements of a followed agent stream until the end of a turn; see ``FollowedAgentTurn/elements``.
public struct FollowedAgentTurnElements: AsyncSequence, Sendable {
    /// One element.
    public typealias Element = FollowedAgentElement

    let turn: FollowedAgentTurn
    let follower: AgentFollower

    /// Creates an iterator; the elements are shared among all iterators of the follower.
    public func makeAsyncIterator() -> Iterator {
        Iterator(turn: self.turn, cursor: AgentElementCursor(self.follower))
    }

    /// Takes elements until the end of the turn.
    public struct Iterator: AsyncIteratorProtocol {
        let turn: FollowedAgentTurn
        let cursor: AgentElementCursor

        /// The next element.
        ///
        /// - Returns: The element; nil after the end of the turn or of the follower.
        /// - Throws: See ``FollowedAgentElements/Iterator/next()``.
        public mutating func next() async throws -> FollowedAgentElement? { try await self.next(isolation: #isolation) }

        /// The next element, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The element; nil after the end of the turn or of the follower.
        /// - Throws: See ``FollowedAgentElements/Iterator/next()``.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> FollowedAgentElement? {
            guard self.turn.end == nil else { return nil }
            return try await self.cursor.next(isolation: actor)
        }
    }
}

@available(*, unavailable)
extension FollowedAgentTurnElements.Iterator: Sendable {}

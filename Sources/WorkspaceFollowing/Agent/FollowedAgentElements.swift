import AgentRuntime
import WorkspaceProtocol

/// The elements of a followed agent stream, in their order; one task may iterate at a time.
///
/// It ends after `.connection(.gone)`, which says why. If nobody takes the elements, reading stops, and when as much
/// waits as one stream may have, no further connection is made; see ``AgentFollower/discardElements()``. If you leave a
/// loop, the next one gets the rest. You may send requests inside of the loop.
public struct FollowedAgentElements: AsyncSequence, Sendable {
    /// One element.
    public typealias Element = FollowedAgentElement

    let follower: AgentFollower

    /// Creates an iterator; the elements are shared among all iterators of the follower.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: AgentElementCursor(self.follower)) }

    /// Waits for the next element.
    public struct Iterator: AsyncIteratorProtocol {
        let cursor: AgentElementCursor

        /// The next element.
        ///
        /// - Returns: The element; nil after the end.
        /// - Throws: `AgentRuntimeError` with `alreadyReceiving` if another task iterates;
        ///   `CancellationError`.
        public mutating func next() async throws -> FollowedAgentElement? { try await self.next(isolation: #isolation) }

        /// The next element, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The element; nil after the end.
        /// - Throws: See ``next()``.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> FollowedAgentElement? {
            try await self.cursor.next(isolation: actor)
        }
    }
}

@available(*, unavailable)
extension FollowedAgentElements.Iterator: Sendable {}

/// The position of an iterator: the stream whose events it takes.
final class AgentElementCursor {
    /// Keeps the follower alive while a task iterates.
    private let follower: AgentFollower
    private var current: (segment: AgentFollowing.Segment, events: CurrentAgentEvents)?

    init(_ follower: AgentFollower) { self.follower = follower }

    func next(isolation: isolated (any Actor)?) async throws -> FollowedAgentElement? {
        let core = self.follower.core
        while true {
            if let (segment, events) = self.current {
                if let next = try await Self.next(of: events, isolation) {
                    core.took(next.event, at: .init(stream: segment.number, event: next.number))
                    return .event(next.event)
                }
                self.current = nil
                core.passed(segment)
            }
            switch try await core.nextItem() {
            case nil: return nil
            case .element(let element)?: return element
            case .replaced(let gap, _)?: return .gap(gap)
            case .events(let segment)?: self.current = (segment, CurrentAgentEvents(stream: segment.stream))
            }
        }
    }

    /// The next event of a stream; nil after its end, also if it has failed: the state that follows says why.
    private static func next(
        of events: CurrentAgentEvents,
        _ isolation: isolated (any Actor)?
    ) async throws -> (event: AgentEvent, number: Int)? {
        do {
            return try await events.next(isolation: isolation)
        } catch let error as AgentRuntimeError where error.code != .alreadyReceiving {
            return nil
        }
    }
}

import ConcurrencyPrimitives

/// The state of a stream.
@nonexhaustive public enum StreamState: Sendable, CustomStringConvertible {
    /// The connection is being opened; only its opener knows the stream.
    case dialling
    /// Events arrive and commands are sent.
    case open
    /// A close was *requested*, or the connection has ended; the tasks of the stream are leaving.
    case closing(StreamEnd)
    /// No task, socket or timer of the stream is left.
    case drained(StreamEnd)

    /// Whether nothing of the stream is left.
    public var isDrained: Bool { if case .drained = self { true } else { false } }

    /// The name of the state.
    public var description: String {
        switch self {
        case .dialling: "dialling"
        case .open: "open"
        case .closing(let end): "closing (\(end))"
        case .drained(let end): "drained (\(end))"
        }
    }
}

/// The states of a stream of any kind from now on; ends after `drained`.
///
/// Any number of tasks may watch at the same time. The sequence and its iterators keep the stream alive.
public struct StreamStates: AsyncSequence, Sendable {
    /// One state.
    public typealias Element = StreamState

    let core: any RunningStream
    /// The object of the stream's user, which keeps the stream alive.
    let owner: any AnyObject & Sendable

    /// Creates an independent iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(core: self.core, owner: self.owner) }

    /// Returns one state after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Position { case start, open, closing, drained }

        private let core: any RunningStream
        /// Keeps the stream alive while a task watches.
        private let owner: any AnyObject & Sendable
        private var position = Position.start

        init(core: any RunningStream, owner: any AnyObject & Sendable) { (self.core, self.owner) = (core, owner) }

        /// First the current state, then the next change.
        ///
        /// - Returns: The state; nil after `drained`.
        /// - Throws: `CancellationError`. The stream is not affected, and the next call waits for the same state.
        public mutating func next() async throws(CancellationError) -> StreamState? {
            switch self.position {
            case .start where self.core.drained.value != nil: return try await self.drained()
            case .start where self.core.closeRequested.value == nil:
                self.position = .open
                return .open
            case .start, .open:
                let end = try await self.core.closeRequested.waitUnlessCancelled()
                self.position = .closing
                return .closing(end)
            case .closing: return try await self.drained()
            case .drained: return nil
            }
        }

        private mutating func drained() async throws(CancellationError) -> StreamState {
            let end = try await self.core.drained.waitUnlessCancelled()
            self.position = .drained
            return .drained(end)
        }
    }
}

import ConcurrencyPrimitives
import WebSocketTransport

/// The states of a stream from now on; ends after `drained`.
///
/// Any number of tasks may watch at the same time. The sequence and its iterators keep the stream alive.
public struct WorkspaceStreamStates: AsyncSequence, Sendable {
    /// One state.
    public typealias Element = WorkspaceStreamState

    let stream: WorkspaceStream

    /// Creates an independent iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self.stream) }

    /// Returns one state after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Position { case start, open, closing, drained }

        /// Keeps the stream alive while a task watches.
        private let stream: WorkspaceStream
        private var core: StreamCore<WorkspaceStreamKind> { self.stream.core }
        private var position = Position.start

        init(stream: WorkspaceStream) { self.stream = stream }

        /// First the current state, then the next change.
        ///
        /// - Returns: The state; nil after `drained`.
        /// - Throws: `CancellationError`. The stream is not affected, and the next call waits for the same state.
        public mutating func next() async throws(CancellationError) -> WorkspaceStreamState? {
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

        private mutating func drained() async throws(CancellationError) -> WorkspaceStreamState {
            let end = try await self.core.drained.waitUnlessCancelled()
            self.position = .drained
            return .drained(end)
        }
    }
}

import WebSocketTransport

/// The states of a stream from now on; ends after `drained`.
///
/// Any number of tasks may watch at the same time; watching holds nothing open.
public struct WorkspaceStreamStates: AsyncSequence, Sendable {
    /// One state.
    public typealias Element = WorkspaceStreamState

    let core: StreamCore

    /// Creates an iterator of its own.
    public func makeAsyncIterator() -> Iterator { Iterator(core: self.core) }

    /// Waits for one state after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Position { case start, open, closing, drained }

        private let core: StreamCore
        private var position = Position.start

        init(core: StreamCore) { self.core = core }

        /// The current state first, then the next change.
        ///
        /// - Returns: The state, or nil after `drained`.
        /// - Throws: `CancellationError`; the stream is not affected.
        public mutating func next() async throws(CancellationError) -> WorkspaceStreamState? {
            if self.position == .start, self.core.closeRequested.value == nil {
                self.position = .open
                return .open
            }
            switch self.position {
            case .start, .open:
                self.position = .closing
                return .closing(try await self.core.closeRequested.waitUnlessCancelled())
            case .closing:
                self.position = .drained
                return .drained(try await self.core.drained.waitUnlessCancelled())
            case .drained: return nil
            }
        }
    }
}

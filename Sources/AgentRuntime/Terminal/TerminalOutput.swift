import ConcurrencyPrimitives

/// The output of a terminal, in order, until its stream ends.
///
/// Only one task may iterate at a time. A second task that waits at the same time gets
/// ``AgentRuntimeError/Code/alreadyReceiving``. If you leave a loop early, no chunk is lost: a later loop continues with
/// the next one. You may send input inside of the loop.
///
/// The sequence ends when client or server has closed the stream, and throws if the stream failed. Earlier chunks are
/// delivered first. Cancelling the waiting task throws `CancellationError`, and the stream stays usable. The sequence
/// and its iterators keep the stream alive, and so the client.
public struct TerminalOutput: AsyncSequence, Sendable {
    /// One chunk.
    public typealias Element = TerminalChunk

    let stream: TerminalStream

    /// Creates an iterator; the chunks are shared among all iterators of the stream.
    public func makeAsyncIterator() -> Iterator { Iterator(current: CurrentChunks(stream: self.stream)) }

    /// Returns the chunks of a batch without suspending, then waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        let current: CurrentChunks

        /// The next chunk.
        ///
        /// - Returns: The chunk; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next() async throws -> TerminalChunk? { try await self.next(isolation: #isolation) }

        /// The next chunk, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The chunk; nil if the stream was closed.
        /// - Throws: ``AgentRuntimeError`` if the stream failed or another task iterates; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> TerminalChunk? {
            try await self.current.next(isolation: actor)
        }
    }
}

@available(*, unavailable)
extension TerminalOutput.Iterator: Sendable {}

/// The current batch of an iterator; when the iterator is released, the rest of the batch goes back to the queue.
final class CurrentChunks {
    /// Keeps the stream alive while a task iterates.
    private let stream: TerminalStream
    private let mailbox: BatchMailbox<[TerminalChunk]>
    private var chunks: ArraySlice<TerminalChunk> = []

    init(stream: TerminalStream) { (self.stream, self.mailbox) = (stream, stream.core.events.mailbox) }

    deinit {
        guard !self.chunks.isEmpty else { return }
        let bytes = self.chunks.reduce(0) { $0 + $1.bytes.count }
        let cost = BatchMailbox<[TerminalChunk]>.Cost(bytes: bytes, elements: self.chunks.count)
        self.mailbox.stopConsuming(givingBack: (Array(self.chunks), cost))
    }

    func next(isolation: isolated (any Actor)?) async throws -> TerminalChunk? {
        while true {
            if let chunk = self.chunks.popFirst() { return chunk }
            switch await self.mailbox.next() {
            case .batch(let chunks): self.chunks = chunks[...]
            case .finished(let error):
                if let error { throw error }
                return nil
            case .cancelled: throw CancellationError()
            case .busy: throw AgentRuntimeError.alreadyReceiving
            }
        }
    }
}

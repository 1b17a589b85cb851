import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// The messages behind the events of a stream, in the same order.
///
/// The client makes exactly one event of each message, so taking one message for each event keeps them in step. It is
/// bounded by the client's own event queue: the reader receives nothing more while that is full.
final class RawFrames: Sendable {
    private struct State {
        var batches: [MessageBatch?] = []
        /// The oldest batch, and the oldest message in it, that were not taken.
        var batch = 0
        var message = 0
    }

    private let state = Locked(State())

    /// A batch was received, and is about to become events.
    func append(_ batch: MessageBatch) {
        guard batch.count > 0 else { return }
        self.state.withLock { $0.batches.append(batch) }
    }

    /// Takes the oldest message; nil when none is left.
    func next() -> WebSocketMessage? {
        self.state.withLock { state in
            guard state.batch < state.batches.count, let batch = state.batches[state.batch] else { return nil }
            let message = batch[state.message]
            state.message += 1
            guard state.message == batch.count else { return message }
            state.message = 0
            // Frees the memory of the batch at once, and the room in the array when all are used up.
            state.batches[state.batch] = nil
            state.batch += 1
            if state.batch == state.batches.count { (state.batches, state.batch) = ([], 0) }
            return message
        }
    }
}

import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// The messages of the events of a stream, in the same order.
///
/// The client makes exactly one event of each message, so one message is taken for each event. The client's event queue
/// limits the size: the reader receives nothing while that queue is full.
final class ReceivedMessages: Sendable {
    private struct State {
        var batches: [MessageBatch?] = []
        /// The position of the oldest message that was not taken: its batch, and its place in the batch.
        var batch = 0
        var message = 0
    }

    private let state = Locked(State())

    /// Adds a received batch before it becomes events.
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
            // Frees the memory of the batch at once, and the array when all batches are used.
            state.batches[state.batch] = nil
            state.batch += 1
            if state.batch == state.batches.count { (state.batches, state.batch) = ([], 0) }
            return message
        }
    }
}

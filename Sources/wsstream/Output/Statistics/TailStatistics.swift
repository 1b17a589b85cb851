import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

/// The statistics of a tail; the task that follows the stream writes them, the task of the live line reads them.
final class TailStatistics: Sendable {
    /// The values at one moment.
    struct Snapshot: Sendable, Equatable {
        /// Events taken from the stream, shown or not.
        var events = 0
        /// Events written to the output.
        var shown = 0
        /// The number of events of each known type.
        var byType: [WorkspaceMessageType: Int] = [:]
        /// Events of all unknown types together, because a server could invent any number of type names.
        var unknown = 0
        /// Frames that could not be read, and messages whose object is missing.
        var malformed = 0
        /// Bytes of the received messages.
        var bytes = 0
        /// Uncompressed bytes per compressed byte of the compressed messages; nil if there were none.
        var compressionRatio: Double?
        /// The latest round-trip time of the keepalive.
        var latency: Duration?
        /// The time since the stream was opened; nil before that.
        var elapsed: Duration?

        /// Events per second.
        var rate: Double {
            guard let elapsed, elapsed > .zero else { return 0 }
            return Double(self.events) / (elapsed / .seconds(1))
        }
    }

    private let state = Locked(Snapshot())

    /// The current values.
    var snapshot: Snapshot { self.state.withLock { $0 } }

    /// Counts an event that was taken from the stream.
    ///
    /// - Returns: The number of shown events so far.
    @discardableResult
    func count(_ event: WorkspaceEvent, isShown: Bool) -> Int {
        self.state.withLock { state in
            state.events += 1
            if isShown { state.shown += 1 }
            switch event.content {
            case .unknown: state.unknown += 1
            case .malformed: state.malformed += 1
            case .missingPayload:
                state.malformed += 1
                state.byType[event.type, default: 0] += 1
            default: state.byType[event.type, default: 0] += 1
            }
            return state.shown
        }
    }

    /// Sets the values that come from the stream itself.
    func measured(bytes: Int, compressionRatio: Double?, latency: Duration?, elapsed: Duration) {
        self.state.withLock { state in
            state.bytes = bytes
            state.compressionRatio = compressionRatio
            state.latency = latency
            state.elapsed = elapsed
        }
    }
}

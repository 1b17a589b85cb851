import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

/// What a tail counts; written by the task that follows the stream, read by the one that shows the live line.
final class TailStatistics: Sendable {
    /// The numbers at one moment.
    struct Snapshot: Sendable, Equatable {
        /// Events taken from the stream, shown or not.
        var events = 0
        /// Events written to the output.
        var shown = 0
        /// How many of each known type.
        var byType: [WorkspaceMessageType: Int] = [:]
        /// Of a type that this version does not know; one number, as a server could invent names without end.
        var unknown = 0
        /// Frames that could not be read, and messages without the object of their type.
        var malformed = 0
        /// Bytes of the messages received.
        var bytes = 0
        /// How many bytes one byte of the compressed messages stands for; nil when none was compressed.
        var compressionRatio: Double?
        /// The latest round-trip time of the keepalive.
        var latency: Duration?
        /// Since the stream was opened; nil before.
        var elapsed: Duration?

        /// Events per second.
        var rate: Double {
            guard let elapsed, elapsed > .zero else { return 0 }
            return Double(self.events) / (elapsed / .seconds(1))
        }
    }

    private let state = Locked(Snapshot())

    /// The numbers now.
    var snapshot: Snapshot { self.state.withLock { $0 } }

    /// One event was taken from the stream.
    ///
    /// - Returns: How many were shown so far.
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

    /// What the stream knows better.
    func measured(bytes: Int, compressionRatio: Double?, latency: Duration?, elapsed: Duration) {
        self.state.withLock { state in
            state.bytes = bytes
            state.compressionRatio = compressionRatio
            state.latency = latency
            state.elapsed = elapsed
        }
    }
}

import AgentRuntime
import ConcurrencyPrimitives
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
        /// What only a followed workspace has; nil for one stream.
        var following: Following?
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

    /// The numbers of a followed workspace.
    struct Following: Sendable, Equatable {
        /// How often it was live again after the connection was lost.
        var reconnects = 0
        /// Gaps.
        var gaps = 0
        /// Events that were recovered; they are also counted as events.
        var recovered = 0
    }

    private let state = Locked(Snapshot())

    /// The current values.
    var snapshot: Snapshot { self.state.withLock { $0 } }

    /// Counts an event that was taken from the stream.
    ///
    /// - Returns: The number of shown events so far.
    @discardableResult
    func count(_ event: WorkspaceEvent, isShown: Bool, isRecovered: Bool = false) -> Int {
        self.state.withLock { state in
            state.events += 1
            if isRecovered { state.following?.recovered += 1 }
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

    /// Counts from now on what only a followed workspace has.
    func beginFollowing() { self.state.withLock { $0.following = Following() } }

    /// Counts a gap.
    func countGap() { self.state.withLock { $0.following?.gaps += 1 } }

    /// Counts a connection that is live again.
    func countReconnect() { self.state.withLock { $0.following?.reconnects += 1 } }

    /// Sets the values that come from the stream itself.
    ///
    /// - Parameters:
    ///   - stream: The open stream, or the last one; nil if there was none.
    ///   - bytes: The bytes of all streams.
    ///   - elapsed: The time since the first stream was opened.
    func measured(_ stream: WorkspaceStream?, bytes: Int, elapsed: Duration) {
        let (ratio, latency) = (stream?.compressionRatio, stream?.latency)
        self.state.withLock { state in
            (state.bytes, state.elapsed) = (bytes, elapsed)
            (state.compressionRatio, state.latency) = (ratio, latency)
        }
    }
}

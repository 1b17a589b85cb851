import AgentRuntime
import ConcurrencyPrimitives
import WorkspaceProtocol

/// Collects the observations of one stream while locks are held, and tells the observer and the log afterwards.
///
/// Nobody has one if there is no observer, and no debug lines are logged.
final class FollowerWatch: Sendable {
    private struct State: Sendable {
        var notes: [FollowerObservation.Kind] = []
        var isTelling = false
        var connection = FollowerState.idle
        /// What was delivered since the last recovery; nil if nothing was looked for.
        var delivered: (events: Int, bytes: Int)?
        var progress = FollowerProgress()
        /// What the lines of the log name.
        var names = FollowerLog.Names()
        /// When the progress is told again, by our wall clock.
        var nextProgress: Int64 = 0
    }

    /// The shortest time between two observations of the progress while nothing else happens, in milliseconds.
    private static let interval: Int64 = 1000

    private let observer: FollowerObserver?
    private let log: FollowerLog?
    private let stream: FollowerObservation.Stream
    /// The id of the workspace in a fleet; nil without a fleet.
    private let workspace: String?
    private let state = Locked(State())

    /// - Parameters:
    ///   - configuration: Has the observer and the logger.
    ///   - stream: Which stream is followed.
    ///   - workspace: The id of the workspace in a fleet; nil for that of the runtime.
    init?(_ configuration: FollowerConfiguration, _ stream: FollowerObservation.Stream, of workspace: String? = nil) {
        let log = FollowerLog(configuration.runtime.logger, stream)
        guard configuration.observer != nil || log != nil else { return nil }
        (self.observer, self.log, self.stream, self.workspace) = (configuration.observer, log, stream, workspace)
    }

    // MARK: Under a lock of the follower

    /// The source has named a runtime.
    func meets(_ found: FollowedEndpoint) {
        self.state.withLock { state in
            state.names.workspace = self.workspace ?? found.endpoint.instanceID
            state.names.generation = found.generation
        }
    }

    /// The machine has taken a step.
    func stepped(_ input: FollowerMachine.Input, _ actions: [FollowerMachine.Action]) {
        self.state.withLock { state in
            for case .state(let next) in actions {
                switch (input, next) {
                case (.lost(_, let failure), .waiting), (.lost(_, let failure), .dialling),
                    (.askFailed(_, let failure), .waiting), (.askFailed(_, let failure), .dialling):
                    state.notes.append(.reconnecting(failure))
                default: break
                }
                state.notes.append(.changed(from: state.connection, to: next))
                state.connection = next
                // The last one has ended; the lines about its end are written already.
                if case .dialling = next { state.names.connection = nil }
            }
        }
    }

    /// Something may be missing.
    func gap(_ gap: Gap) { self.state.withLock { $0.notes.append(.gap(gap)) } }

    /// A recovery, or an audit, has delivered this.
    func delivered(_ elements: [FollowedElement]) {
        self.state.withLock { state in
            var delivered = (events: 0, bytes: 0)
            for element in elements {
                switch element {
                case .gap(let gap): state.notes.append(.gap(gap))
                case .recovered(let event, _):
                    delivered = (delivered.events + 1, delivered.bytes + event.outputBytes)
                default: break
                }
            }
            state.delivered = delivered
        }
    }

    /// What came on the wire, and what waits.
    ///
    /// - Parameters:
    ///   - progress: The sums since the start.
    ///   - wall: The time.
    func progressed(_ progress: FollowerProgress, _ wall: Int64) {
        self.state.withLock { state in
            let difference = progress.since(state.progress)
            guard progress != state.progress else { return }
            (state.progress, state.nextProgress) = (progress, wall + Self.interval)
            state.notes.append(.progressed(difference))
        }
    }

    // MARK: Outside of all locks

    /// Whether there is something to tell: events come and the last time is long ago, or a gap was made.
    func isDue(_ wall: Int64) -> Bool {
        self.state.withLock { state in
            // The clock may have been set back.
            let isLate = wall >= state.nextProgress || wall < state.nextProgress - Self.interval
            return isLate || !state.notes.isEmpty
        }
    }

    /// A dial has opened a stream.
    func opened(_ connection: UInt64?) { self.state.withLock { $0.names.connection = connection } }

    /// A dial has ended.
    func dialled(_ duration: Duration, _ error: (any Error)?) {
        if let error, !(error is AgentRuntimeError) { return }
        let error = error as? AgentRuntimeError
        // A close ended it.
        if error?.code == .clientClosed || error?.code == .closedWhileDialling { return }
        self.state.withLock { $0.notes.append(.dialled(duration, error: error)) }
        self.tell()
    }

    /// A recovery, or an audit, has ended; if it was in vain, because the connection was lost meanwhile, it does not
    /// count.
    func recovered(_ occasion: FollowerRecovery.Occasion, _ duration: Duration) {
        self.state.withLock { state in
            guard let delivered = state.delivered.take() else { return }
            let recovery = FollowerRecovery(
                occasion,
                duration: duration,
                events: delivered.events,
                bytes: delivered.bytes
            )
            state.notes.append(.recovered(recovery))
        }
        self.tell()
    }

    /// A recovery of an agent stream has ended.
    func recovered(permissions: Int, _ duration: Duration) {
        self.state.withLock { $0.delivered = (permissions, 0) }
        self.recovered(.reconnect, duration)
    }

    /// Tells the observer what was collected, unless another thread does so already, which then tells this, too.
    func tell() {
        while let (notes, names) = self.takeNotes() {
            for note in notes {
                self.observer?.observe(self.stream, note)
                self.log?.write(note, names)
            }
            self.state.withLock { $0.isTelling = false }
        }
    }

    private func takeNotes() -> ([FollowerObservation.Kind], FollowerLog.Names)? {
        self.state.withLock { state in
            guard !state.isTelling, !state.notes.isEmpty else { return nil }
            state.isTelling = true
            defer { state.notes = [] }
            return (state.notes, state.names)
        }
    }
}

extension WorkspaceEvent {
    /// The size of the output in this event, in bytes; 0 if it is no output.
    fileprivate var outputBytes: Int {
        switch self.content {
        case .shellOutput(let text): text.utf8.count
        case .processOutput(let output): output.data.utf8.count
        default: 0
        }
    }
}

extension Following {
    /// The sums since the start, and the queue.
    var progress: FollowerProgress {
        var progress = FollowerProgress()
        (progress.events, progress.bytes) = (self.statistics.events, self.statistics.bytes)
        (progress.duplicates, progress.pauses) = (self.statistics.duplicates, self.statistics.pauses)
        let losses = self.queue.losses
        progress.supersededStatuses = losses.supersededStatuses
        progress.joinedFileChanges = losses.joinedFileChanges
        progress.droppedOutputs = losses.droppedOutputs
        (progress.queuedElements, progress.queuedBytes) = (self.queue.count, self.queue.bytes)
        return progress
    }
}

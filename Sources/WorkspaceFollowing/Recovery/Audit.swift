import WorkspaceProtocol

/// Compares the output that was delivered with what the runtime still has, as a pure value: what the runtime has dropped
/// on a live connection is told, and delivered late.
struct Audit {
    private(set) var elements: [FollowedElement] = []
    /// Up to where each stream of a process is settled.
    private(set) var audited: [(id: String, stream: ProcessOutput.Stream, key: WorkspaceTracker.OutputKey)] = []

    private let received: WorkspaceTracker
    private let moment: Gap.Moment
    /// Whether something was dropped for certain.
    private var hasFound = false
    /// Whether some output could not be compared.
    private var isUncertain = false

    /// Creates and performs an audit.
    ///
    /// - Parameters:
    ///   - received: What the consumer has when it has taken everything that was received.
    ///   - answers: The answers of the runtime.
    ///   - suspects: The processes that ran when events may have been dropped; nil if nothing is suspected.
    ///   - moment: The time of a gap.
    init(received: WorkspaceTracker, answers: RecoveryAnswers, suspects: Set<String>?, at moment: Gap.Moment) {
        (self.received, self.moment) = (received, moment)
        let running = Set(received.running.map(\.status.processID))
        for process in received.running {
            let id = process.status.processID
            switch answers.outputs[id] {
            case .known(let answer): self.compare(process, answer.output ?? [], isSuspect: suspects?.contains(id) == true)
            case .missing: self.unknown(id, if: suspects?.contains(id) == true)
            case .failed: self.unknown(id, if: suspects?.contains(id) == true)
            case nil: break
            }
        }
        // Their output was forgotten with them.
        for id in (suspects ?? []).subtracting(running).sorted() { self.unknown(id, if: true) }
        self.compareShell(answers.shell, isSuspect: suspects != nil)
        // Events of other kinds go the same way as output: if no output was dropped, they were not, too.
        let isVerified = !running.isEmpty && !self.isUncertain && !self.hasFound
        if let suspects, !isVerified || suspects.isEmpty { self.tell(.stream, certainty: .unknown) }
    }

    private mutating func tell(_ scope: Gap.Scope, recovered: Gap.Recovered = .none, certainty: Gap.Certainty) {
        self.elements.append(
            .gap(
                Gap(
                    scope,
                    cause: .suspectedDrop,
                    since: self.moment,
                    until: self.moment,
                    recovered: recovered,
                    certainty: certainty
                )
            )
        )
    }

    private mutating func unknown(_ id: String, if isSuspect: Bool) {
        guard isSuspect else { return }
        self.isUncertain = true
        self.tell(.process(id: id), certainty: .unknown)
    }

    private mutating func compare(
        _ process: WorkspaceTracker.ProcessTrack,
        _ ring: [WorkspaceProcess.Chunk],
        isSuspect: Bool
    ) {
        var dropped: [WorkspaceProcess.Chunk] = []
        var isCovered = true
        for (stream, track) in process.outputs {
            let chunks = ring.filter { $0.stream == stream }
            let outcome = Self.dropped(from: chunks, track)
            dropped += outcome.dropped
            isCovered = isCovered && outcome.isCovered
            self.audited.append((process.status.processID, stream, track.last))
        }
        if !isCovered, isSuspect {
            self.isUncertain = true
            if dropped.isEmpty { return self.unknown(process.status.processID, if: true) }
        }
        guard !dropped.isEmpty else { return }
        self.hasFound = true
        self.tell(
            .process(id: process.status.processID),
            recovered: .events(dropped.count),
            certainty: isCovered ? .exact : .unknown
        )
        for chunk in dropped {
            let output = ProcessOutput(chunk, of: process.status)
            self.elements.append(.recovered(WorkspaceEvent(.processOutput(output)), by: .processOutput))
        }
    }

    /// The pieces between the first and the last unaudited delivered piece that were not delivered.
    private static func dropped(
        from chunks: [WorkspaceProcess.Chunk],
        _ track: WorkspaceTracker.OutputTrack
    ) -> (dropped: [WorkspaceProcess.Chunk], isCovered: Bool) {
        var delivered: [WorkspaceTracker.OutputKey: Int] = [:]
        for key in track.unaudited { delivered[key, default: 0] += 1 }
        // Later pieces may still be on their way.
        guard let end = chunks.lastIndex(where: { delivered[.init($0)] != nil }) else { return ([], false) }
        let start = chunks.firstIndex { track.unaudited.first == .init($0) }
        var dropped: [WorkspaceProcess.Chunk] = []
        for chunk in chunks[(start ?? 0)...end] {
            let key = WorkspaceTracker.OutputKey(chunk)
            if let count = delivered[key] {
                delivered[key] = count > 1 ? count - 1 : nil
            } else {
                dropped.append(chunk)
            }
        }
        return (dropped, start != nil && !track.hasForgotten)
    }

    private mutating func compareShell(_ answer: RecoveryAnswers.Answer<String>, isSuspect: Bool) {
        switch answer {
        case .missing: break
        case .failed: if isSuspect { self.isUncertain = true }
        case .known(let ring):
            guard !self.received.shell.isEmpty else { return }
            let overlap = ShellOverlap.find(tail: self.received.shell, ring: ring)
            guard overlap.mayHaveGap, overlap.certainty == .unknown else { return }
            // The ring has text that was not delivered between pieces that were.
            self.hasFound = true
            self.tell(.shell, certainty: .unknown)
        }
    }
}

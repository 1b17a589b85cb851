import WorkspaceProtocol

/// Compares the output that was delivered with what the runtime still has, as a pure value: what the runtime has dropped
/// on a live connection is told, and delivered late.
///
/// The newest pieces of a ring, and the end of a process, may be on their way. They count as dropped if the next audit
/// finds the same.
struct Audit {
    /// One stream of a process.
    struct OutputID: Hashable, Sendable {
        let process: String
        let stream: ProcessOutput.Stream
    }

    /// What may be on its way.
    struct Pending: Equatable, Sendable {
        /// The first of the newest pieces that were not delivered.
        var outputs: [OutputID: WorkspaceTracker.OutputKey] = [:]
        /// The processes that the runtime does not know any more.
        var ends: Set<String> = []

        var isEmpty: Bool { self.outputs.isEmpty && self.ends.isEmpty }
    }

    private(set) var elements: [FollowedElement] = []
    /// Up to where each stream of a process is settled.
    private(set) var audited: [(id: String, stream: ProcessOutput.Stream, key: WorkspaceTracker.OutputKey)] = []
    /// What the next audit must look at again.
    private(set) var pending = Pending()
    /// The newest pieces that were delivered now, in case that they still come.
    private(set) var echoes: [ProcessOutput] = []

    private let received: WorkspaceTracker
    /// The end of the shell's output that was received before the runtime was asked.
    private let shell: ShellTail
    private let moment: Gap.Moment
    private let last: Pending

    /// Creates and performs an audit.
    ///
    /// - Parameters:
    ///   - received: What the consumer has when it has taken everything that was received.
    ///   - answers: The answers of the runtime.
    ///   - suspects: The processes that ran when events may have been dropped; nil if nothing is suspected.
    ///   - shell: The end of the shell's output that was received before the runtime was asked; nil means all.
    ///   - moment: The time of a gap.
    ///   - last: What the last audit has left for this one.
    init(
        received: WorkspaceTracker,
        answers: RecoveryAnswers,
        suspects: Set<String>?,
        shell: ShellTail? = nil,
        at moment: Gap.Moment,
        after last: Pending = Pending()
    ) {
        (self.received, self.shell, self.moment, self.last) = (received, shell ?? received.shell, moment, last)
        let running = Set(received.running.map(\.status.processID))
        for process in received.running {
            let id = process.status.processID
            let isSuspect = suspects?.contains(id) == true
            switch answers.outputs[id] {
            case .known(let answer): self.compare(process, answer.output ?? [], isSuspect: isSuspect)
            case .missing: self.miss(process, isSuspect: isSuspect)
            case .failed: self.unknown(id, if: isSuspect)
            case nil: break
            }
        }
        // Their output was forgotten with them.
        for id in (suspects ?? []).subtracting(running).sorted() { self.unknown(id, if: true) }
        self.compareShell(answers.shell)
        // That all output was delivered says nothing of other events: the channel may have been full between two pieces.
        if suspects != nil { self.tell(.stream, certainty: .unknown) }
    }

    /// The runtime does not know a process any more.
    private mutating func miss(_ process: WorkspaceTracker.ProcessTrack, isSuspect: Bool) {
        let id = process.status.processID
        guard self.last.ends.contains(id) else {
            self.pending.ends.insert(id)
            return self.unknown(id, if: isSuspect)
        }
        // Its end would have come by now.
        self.tell(.process(id: id), cause: .ended, certainty: .unknown)
        self.elements.append(.recovered(WorkspaceEvent(.processStatus(process.status.ended)), by: .processList))
    }

    private mutating func tell(
        _ scope: Gap.Scope,
        cause: Gap.Cause = .suspectedDrop,
        recovered: Gap.Recovered = .none,
        certainty: Gap.Certainty
    ) {
        self.elements.append(
            .gap(
                Gap(
                    scope,
                    cause: cause,
                    since: self.moment,
                    until: self.moment,
                    recovered: recovered,
                    certainty: certainty
                )
            )
        )
    }

    private mutating func unknown(_ id: String, if isSuspect: Bool) {
        if isSuspect { self.tell(.process(id: id), certainty: .unknown) }
    }

    private mutating func compare(
        _ process: WorkspaceTracker.ProcessTrack,
        _ ring: [WorkspaceProcess.Chunk],
        isSuspect: Bool
    ) {
        let id = process.status.processID
        var dropped: [WorkspaceProcess.Chunk] = []
        var isCovered = true
        for (stream, track) in process.outputs {
            let outcome = Self.dropped(from: ring.filter { $0.stream == stream }, track)
            dropped += outcome.dropped
            isCovered = isCovered && outcome.isCovered
            dropped += self.newest(outcome.newest, of: process, stream)
            self.audited.append((id, stream, track.last))
        }
        // Of a stream that was never heard, everything is new.
        for stream in Set(ring.map(\.stream)) where process.output(stream) == nil {
            dropped += self.newest(ring.filter { $0.stream == stream }, of: process, stream)
        }
        guard !dropped.isEmpty else { return self.unknown(id, if: isSuspect && !isCovered) }
        self.tell(.process(id: id), recovered: .events(dropped.count), certainty: isCovered ? .exact : .unknown)
        for chunk in dropped {
            let output = ProcessOutput(chunk, of: process.status)
            self.elements.append(.recovered(WorkspaceEvent(.processOutput(output)), by: .processOutput))
        }
    }

    /// The newest pieces that were dropped: the last audit has found them, too.
    private mutating func newest(
        _ chunks: [WorkspaceProcess.Chunk],
        of process: WorkspaceTracker.ProcessTrack,
        _ stream: ProcessOutput.Stream
    ) -> [WorkspaceProcess.Chunk] {
        guard let first = chunks.first else { return [] }
        let id = OutputID(process: process.status.processID, stream: stream)
        guard self.last.outputs[id] == WorkspaceTracker.OutputKey(first) else {
            self.pending.outputs[id] = WorkspaceTracker.OutputKey(first)
            return []
        }
        self.echoes += chunks.map { ProcessOutput($0, of: process.status) }
        return chunks
    }

    /// The pieces between the first and the last unaudited delivered piece that were not delivered.
    private static func dropped(
        from chunks: [WorkspaceProcess.Chunk],
        _ track: WorkspaceTracker.OutputTrack
    ) -> (dropped: [WorkspaceProcess.Chunk], newest: [WorkspaceProcess.Chunk], isCovered: Bool) {
        var delivered: [WorkspaceTracker.OutputKey: Int] = [:]
        for key in track.unaudited { delivered[key, default: 0] += 1 }
        // Later pieces may still be on their way.
        guard let end = chunks.lastIndex(where: { delivered[.init($0)] != nil }) else {
            // The answer is older than what was delivered, or everything that was delivered is replaced already.
            return ([], chunks.filter { $0.isLater(than: track.last) }, false)
        }
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
        return (dropped, Array(chunks[(end + 1)...]), start != nil && !track.hasForgotten)
    }

    private mutating func compareShell(_ answer: RecoveryAnswers.Answer<String>) {
        guard case .known(let ring) = answer, !self.shell.isEmpty else { return }
        let overlap = ShellOverlap.find(tail: self.shell, ring: ring)
        // The ring has text that was not delivered between pieces that were.
        if overlap.mayHaveGap, overlap.certainty == .unknown { self.tell(.shell, certainty: .unknown) }
    }
}

extension WorkspaceProcess.Chunk {
    /// Whether it was written later, by the clock of the runtime.
    fileprivate func isLater(than key: WorkspaceTracker.OutputKey) -> Bool {
        guard let own = self.timestamp.instant, let other = key.timestamp.instant else { return false }
        return own > other
    }
}

extension ProcessStatus {
    /// The status of a process that the runtime has forgotten.
    var ended: Self {
        var status = self
        (status.status, status.exitCode, status.timestamp) = (.ended, nil, RFC3339Timestamp(rawValue: ""))
        return status
    }
}

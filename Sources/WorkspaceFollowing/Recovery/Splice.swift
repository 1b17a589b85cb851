import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Puts together what is delivered after a reconnect, as a pure value: the gap, what was recovered, then the live events.
///
/// It gets what the consumer has, or will have when it has taken the queue; the answers of the runtime; and the live
/// events that were held back meanwhile.
struct Splice {
    /// What the consumer has.
    private let received: WorkspaceTracker
    private let answers: RecoveryAnswers
    private let held: HeldEvents
    private let since: Gap.Moment
    private let until: Gap.Moment
    private let maximumCommits: Int
    /// Whether a shell that is newer than the gap can have replaced one; not if the runtime is another one, which the gap
    /// of the stream tells, and not if we have ended the stream because of the shell.
    private let looksForLostShell: Bool

    /// What is delivered, in this order.
    private(set) var elements: [FollowedElement] = []
    /// What may still come on the wire, although it was recovered.
    private(set) var echoes = Echoes()
    /// The live events that remain.
    private(set) var live: [WorkspaceEvent] = []
    /// Whether a shell was started after the stream had attached, so that its output never comes on this stream.
    private(set) var mustAttachAgain = false

    /// Creates and performs a splice.
    ///
    /// - Parameters:
    ///   - received: What the consumer has.
    ///   - cause: Why the stream has a gap.
    ///   - since: The last moment before it.
    ///   - until: The first moment after it.
    ///   - held: The live events.
    ///   - answers: The answers.
    ///   - maximumCommits: The number of commits that were asked for.
    ///   - isReattach: Whether we have ended the stream, to hear a new shell.
    init(
        received: WorkspaceTracker,
        cause: Gap.Cause,
        since: Gap.Moment,
        until: Gap.Moment,
        held: HeldEvents,
        answers: RecoveryAnswers,
        maximumCommits: Int,
        isReattach: Bool = false
    ) {
        (self.answers, self.held, self.since, self.until) = (answers, held, since, until)
        self.maximumCommits = maximumCommits
        self.looksForLostShell = cause != .replaced && !isReattach
        // Without the list nobody knows which processes were started meanwhile.
        let isListed = if case .known = answers.processes { true } else { false }
        let certainty = isListed ? Gap.Certainty.exact : .unknown
        let gap = FollowedElement.gap(Gap(.stream, cause: cause, since: since, until: until, certainty: certainty))
        var received = received
        // Another runtime forgets what the old one had.
        received.apply(gap, local: until.local)
        self.received = received
        self.elements = [gap]
        self.spliceRepositories(isReplaced: cause == .replaced)
        self.spliceProcesses(isReplaced: cause == .replaced)
        self.spliceShell()
        self.spliceFiles()
        self.spliceLive()
    }

    private mutating func gap(
        _ scope: Gap.Scope,
        _ cause: Gap.Cause,
        recovered: Gap.Recovered = .none,
        certainty: Gap.Certainty = .exact,
        heads: Gap.Heads? = nil
    ) {
        #if RED_CONTROLS
        if RedControl.isActive(.gapSwallowed) { return }
        #endif
        self.elements.append(
            .gap(
                Gap(
                    scope,
                    cause: cause,
                    since: self.since,
                    until: self.until,
                    recovered: recovered,
                    certainty: certainty,
                    heads: heads
                )
            )
        )
    }

    // MARK: Repositories

    private mutating func spliceRepositories(isReplaced: Bool) {
        for name in self.received.repositories.names {
            let repository = name.isEmpty ? nil : name
            let track = self.received.repositories[name]?.commits ?? CommitTrack()
            // What was recovered after an earlier loss can be on its way even now.
            for sha in track.mayComeAgain { self.echoes.expect(commit: sha) }
            var head = self.held.status(name)?.headCommit
            if self.held.status(name) == nil {
                guard case .known(let status)? = self.answers.statuses[name] else {
                    self.gap(
                        .git(repository: repository),
                        .disconnected,
                        certainty: .unknown,
                        heads: .init(from: track.head, to: nil)
                    )
                    continue
                }
                self.elements.append(.recovered(WorkspaceEvent(.gitStatus(status)), by: .gitStatus))
                head = status.headCommit
            }
            self.spliceCommits(of: name, track, head: head)
        }
    }

    private mutating func spliceCommits(of name: String, _ track: CommitTrack, head: String?) {
        let repository = name.isEmpty ? nil : name
        guard let from = track.head else {
            // Without a head before, nothing can be missed: the repository had no commit, or was never seen. But
            // commits without a status are no proof.
            guard !track.taken.isEmpty else { return }
            return self.gap(
                .git(repository: repository),
                .disconnected,
                certainty: .unknown,
                heads: .init(from: nil, to: head)
            )
        }
        guard head != from else {
            // A head that was told, and whose commits did not come, is gone again.
            guard let latest = track.latest, latest != from, track.taken[latest] == nil else { return }
            let heads = Gap.Heads(from: latest, to: head)
            return self.gap(.git(repository: repository), .disconnected, certainty: .unknown, heads: heads)
        }
        let heads = Gap.Heads(from: from, to: head)
        guard case .known(let entries)? = self.answers.logs[name] else {
            return self.gap(.git(repository: repository), .disconnected, certainty: .unknown, heads: heads)
        }
        // Nothing came after the last head, so the replayed status is older than it, or the branch went back to an older
        // commit: no commit was missed.
        if entries.isEmpty, track.latest.map({ track.has($0) }) ?? true { return }
        // The history must lead back to the last head; otherwise the branch was changed, and nobody knows by what.
        let leadsBack = entries.contains { $0.parentSHA == from } && entries.count < self.maximumCommits
        // A head that was told, and whose commits did not come, must be a part of it.
        let isComplete =
            leadsBack && (track.latest.map { track.has($0) || entries.map(\.commitSHA).contains($0) } ?? true)
        let missed = entries.reversed().filter { !track.wasTaken($0.commitSHA) }
        if !isComplete {
            self.gap(
                .git(repository: repository),
                .disconnected,
                recovered: missed.isEmpty ? .none : .events(missed.count),
                certainty: .unknown,
                heads: heads
            )
        }
        for entry in missed {
            let commit = GitCommit(entry, repository: repository)
            self.elements.append(.recovered(WorkspaceEvent(.gitCommit(commit)), by: .gitLog))
            self.echoes.expect(commit: entry.commitSHA)
        }
    }

    // MARK: Processes

    private mutating func spliceProcesses(isReplaced: Bool) {
        let heldProcesses = self.held.processes
        let known = self.received.running
        for process in known {
            let id = process.status.processID
            if isReplaced {
                self.tellEnd(of: process, .replaced, isTold: false)
            } else {
                switch self.answers.outputs[id] ?? .failed {
                case .known(let answer): self.spliceOutput(of: process, answer)
                case .missing: self.tellEnd(of: process, .ended, isTold: heldProcesses.ended.contains(id))
                case .failed: self.gap(.process(id: id), .disconnected, certainty: .unknown)
                }
            }
        }
        let knownIDs = Set(isReplaced ? [] : known.map(\.status.processID))
        guard case .known(let list) = self.answers.processes else { return }
        // They were started and have ended while nobody could ask: only the end is among the live events.
        let listedIDs = Set(list.map(\.id))
        for id in heldProcesses.ended.subtracting(heldProcesses.started).subtracting(knownIDs).subtracting(listedIDs)
            .sorted()
        {
            self.gap(.process(id: id), .ended)
        }
        for listed in list.sorted(by: { $0.id < $1.id })
        where !knownIDs.contains(listed.id) && !heldProcesses.started.contains(listed.id) {
            // It was started while nobody listened.
            let status = ProcessStatus(listed)
            self.elements.append(.recovered(WorkspaceEvent(.processStatus(status)), by: .processList))
            let track = WorkspaceTracker.ProcessTrack(status: status)
            switch self.answers.outputs[listed.id] ?? .failed {
            case .known(let answer): self.spliceOutput(of: track, answer)
            case .missing: self.tellEnd(of: track, .ended, isTold: heldProcesses.ended.contains(listed.id))
            case .failed: self.gap(.process(id: listed.id), .disconnected, certainty: .unknown)
            }
        }
    }

    /// A process has ended, and its output is forgotten.
    private mutating func tellEnd(of process: WorkspaceTracker.ProcessTrack, _ cause: Gap.Cause, isTold: Bool) {
        self.gap(.process(id: process.status.processID), cause)
        // Its real end, with the exit code, is among the live events.
        guard !isTold else { return }
        self.elements.append(.recovered(WorkspaceEvent(.processStatus(process.status.ended)), by: .processList))
    }

    private mutating func spliceOutput(of process: WorkspaceTracker.ProcessTrack, _ answer: WorkspaceProcess) {
        let missed = MissedOutput(of: process, in: answer.output ?? [])
        if let gap = missed.gap {
            let bytes = missed.chunks.reduce(0) { $0 + $1.data.utf8.count }
            self.gap(
                .process(id: process.status.processID),
                gap.cause,
                recovered: bytes == 0 ? .none : .bytes(bytes),
                certainty: gap.certainty
            )
        }
        for chunk in missed.chunks {
            let output = ProcessOutput(chunk, of: process.status)
            self.elements.append(.recovered(WorkspaceEvent(.processOutput(output)), by: .processOutput))
            self.echoes.expect(output)
        }
    }

    // MARK: Shell

    private mutating func spliceShell() {
        switch self.answers.shell {
        case .missing:
            // The shell has ended, and what it wrote meanwhile is forgotten.
            let shell = self.received.shell
            if !shell.isEmpty, !shell.endsBeforeHole { self.gap(.shell, .ended, certainty: .unknown) }
        case .failed:
            self.gap(.shell, .disconnected, certainty: .unknown)
        case .known(let ring):
            if self.mayHaveLostShell { self.gap(.shell, .ended, certainty: .unknown) }
            let overlap = ShellOverlap.find(tail: self.received.shell, ring: ring)
            var echo = ShellEcho(ring: ring, overlap: overlap)
            let settled = echo.settle(held: self.heldShellOutputs)
            // If the held pieces have all of the ring, the text before them is lost.
            let missed = settled.holdRing ? "" : String(overlap.missed(in: ring))
            if overlap.mayHaveGap || overlap.certainty != .exact || settled.holdRing {
                self.gap(
                    .shell,
                    overlap.certainty == .ambiguous ? .disconnected : .evicted,
                    recovered: missed.isEmpty ? .none : .bytes(missed.utf8.count),
                    certainty: settled.holdRing ? .unknown : overlap.certainty.ofGap
                )
            }
            if !missed.isEmpty {
                self.elements.append(.recovered(WorkspaceEvent(.shellOutput(missed)), by: .shellBuffer))
            }
            if settled.isAmbiguous { self.gap(.shell, .disconnected, certainty: .ambiguous) }
            self.droppedShellOutputs = settled.dropped
            if echo.isExpecting { self.echoes.shell = echo }
        }
        self.lookAtShellStart()
    }

    private var heldShellOutputs: [String] {
        self.held.events.compactMap { event in if case .shellOutput(let text) = event.content { text } else { nil } }
    }

    /// Whether there may have been another shell, of which nothing was ever heard, and whose output is forgotten.
    private var mayHaveLostShell: Bool {
        let shell = self.received.shell
        guard self.looksForLostShell, shell.isEmpty, !shell.followsHole else { return false }
        guard let start = self.answers.shellStart?.instant, let lost = self.since.server else { return false }
        // The start has whole seconds.
        return start.milliseconds + 999 >= lost
    }

    /// The number of held pieces of shell output that the ring has already.
    private var droppedShellOutputs = 0

    private mutating func lookAtShellStart() {
        guard let start = self.answers.shellStart?.instant, let attached = self.held.firstTimestamp else { return }
        self.mustAttachAgain = start.milliseconds > attached
    }

    // MARK: Files and live events

    private mutating func spliceFiles() {
        for name in self.received.repositories.names {
            self.elements.append(.refresh(name.isEmpty ? nil : name))
        }
    }

    private mutating func spliceLive() {
        var shellOutputs = 0
        // The echo of the shell is settled already; the rest of it is for later events.
        let shell = self.echoes.shell
        self.echoes.shell = nil
        for event in self.held.events {
            #if RED_CONTROLS
            if RedControl.isActive(.overlapUnchecked) {
                self.live.append(event)
                continue
            }
            #endif
            if case .shellOutput = event.content {
                shellOutputs += 1
                if shellOutputs <= self.droppedShellOutputs { continue }
            } else if case .drop = self.echoes.take(event) {
                continue
            }
            self.live.append(event)
        }
        self.echoes.shell = shell
    }
}

extension RFC3339Timestamp.Instant {
    /// Milliseconds since 1970, rounded down.
    var milliseconds: Int64 { self.seconds * 1000 + Int64(self.nanoseconds / 1_000_000) }
}

extension ShellOverlap.Certainty {
    /// The certainty of a gap that tells of this overlap.
    fileprivate var ofGap: Gap.Certainty {
        switch self {
        case .exact: .exact
        case .ambiguous: .ambiguous
        case .unknown: .unknown
        }
    }
}

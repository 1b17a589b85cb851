import WorkspaceProtocol

/// What a consumer has taken of a workspace, as a pure value: the snapshot, and the position.
///
/// It changes in the step in which elements are handed over. Elements that wait in the queue are not in it; a recovery
/// takes a copy, and applies them to it.
struct WorkspaceTracker: Sendable {
    private(set) var repositories = RecentTable<RepositoryTrack>()
    private(set) var processes = RecentTable<ProcessTrack>()
    /// The processes that have ended, the oldest first.
    private var ended: [String] = []
    private(set) var shell = ShellTail()
    private var isShellFresh = true
    private(set) var connection = FollowerState.idle
    private(set) var connectionSince: Int64 = 0
    private(set) var elements = 0
    private(set) var counts = ElementCounts()
    /// The moment of the last element, by our clock and by the runtime's.
    private(set) var lastLocal: Int64 = 0
    private(set) var lastServer: Int64?
    private let keepsDiffs: Bool
    /// The scopes of which it is not known what was missed when the connection was lost last.
    private var doubts: Set<Gap.Scope> = []

    /// The processes that have ended and are kept.
    static let keptEnds = 64

    init(keepsDiffs: Bool = false) { self.keepsDiffs = keepsDiffs }

    /// Takes over a position that was kept.
    mutating func restore(_ position: FollowerPosition) {
        (self.shell, self.lastLocal, self.lastServer) = (position.shell, position.local, position.server)
        self.isShellFresh = false
        for process in position.processes {
            var status = ProcessStatus(sessionID: process.sessionID, processID: process.id, command: process.command)
            (status.kind, status.status) = (ProcessKind(rawValue: process.kind), .running)
            var track = ProcessTrack(status: status)
            track.isFresh = false
            for output in process.outputs {
                let timestamp = RFC3339Timestamp(rawValue: output.timestamp)
                var outputTrack = OutputTrack(OutputKey(timestamp: timestamp, length: output.length))
                outputTrack.count = max(1, output.count)
                outputTrack.unaudited = Array(repeating: outputTrack.last, count: min(outputTrack.count, 64))
                track.outputs.append((ProcessOutput.Stream(rawValue: output.stream), outputTrack))
            }
            self.processes.set(process.id, track)
        }
        for repository in position.repositories {
            var track = RepositoryTrack()
            track.isFresh = false
            track.commits = CommitTrack(
                head: repository.head,
                taken: repository.taken,
                recovered: repository.recovered
            )
            self.repositories.set(repository.name ?? "", track)
        }
    }

    // MARK: Changes

    /// An element is handed over.
    mutating func apply(_ element: FollowedElement, local: Int64) {
        self.elements += 1
        self.counts.count(element)
        switch element {
        case .event(let event):
            self.lastLocal = local
            if let timestamp = event.timestamp { self.lastServer = timestamp }
            self.apply(event.content)
        case .recovered(let event, _): self.applyRecovered(event.content)
        case .gap(let gap): self.apply(gap)
        case .connection(let state): self.apply(state, local: local)
        }
    }

    private mutating func applyRecovered(_ content: WorkspaceEvent.Content) {
        if case .gitCommit(let commit) = content {
            return self.change(commit.repositoryName) { $0.commits.recovered(commit) }
        }
        // An audit delivers late what was dropped. The last piece stays the one from which a recovery looks on.
        if case .processOutput(let output) = content,
            let last = self.processes[output.processID]?.output(output.stream)?.last,
            let time = output.timestamp.instant, let lastTime = last.timestamp.instant, time < lastTime
        {
            self.processes.change(output.processID) { $0.appendLate(output) }
        } else {
            self.apply(content)
        }
    }

    private mutating func apply(_ content: WorkspaceEvent.Content) {
        switch content {
        case .shellOutput(let text):
            self.shell.append(text)
            self.isShellFresh = true
        case .processOutput(let output):
            if !self.processes.change(output.processID, { $0.append(output) }) { self.begin(output) }
        case .processStatus(let status): self.apply(status)
        case .gitStatus(let status): self.apply(status)
        case .gitCommit(let commit): self.change(commit.repositoryName) { $0.commits.delivered(commit) }
        case .gitReset(let reset): self.change(reset.repositoryName) { $0.commits.moved(to: reset.currentHead) }
        case .branchSwitch(let change): self.change(change.repositoryName) { $0.commits.moved(to: change.currentHead) }
        default: break
        }
    }

    private mutating func begin(_ output: ProcessOutput) {
        var status = ProcessStatus(sessionID: output.sessionID, processID: output.processID, kind: output.kind)
        status.status = .running
        var process = ProcessTrack(status: status)
        process.append(output)
        self.processes.set(process.status.processID, process)
    }

    private mutating func apply(_ status: ProcessStatus) {
        let hasEnded = status.status.isEnd
        var hadEnded = false
        let isKnown = self.processes.change(status.processID) { process in
            hadEnded = process.hasEnded
            (process.status, process.hasEnded, process.isFresh) = (status, hasEnded, true)
            // Nothing can be found of it any more.
            if hasEnded { process.outputs = [] }
        }
        if !isKnown {
            var process = ProcessTrack(status: status)
            process.hasEnded = hasEnded
            self.processes.set(status.processID, process)
        }
        guard hasEnded, !hadEnded else { return }
        self.ended.append(status.processID)
        guard self.ended.count > Self.keptEnds else { return }
        let oldest = self.ended.removeFirst()
        if self.processes[oldest]?.hasEnded == true { self.processes.remove(oldest) }
    }

    private mutating func apply(_ status: GitStatus) {
        let keepsDiffs = self.keepsDiffs
        self.change(status.repositoryName) { repository in
            repository.isFresh = true
            // A placeholder says nothing.
            guard !status.isPlaceholder || repository.status == nil else { return }
            repository.status = keepsDiffs ? status : status.withoutDiffs
            if !status.isPlaceholder { repository.commits.saw(head: status.headCommit) }
        }
    }

    private mutating func change(_ name: String?, _ step: (inout RepositoryTrack) -> Void) {
        if self.repositories.change(name ?? "", step) { return }
        var repository = RepositoryTrack()
        step(&repository)
        self.repositories.set(name ?? "", repository)
    }

    private mutating func apply(_ gap: Gap) {
        if gap.certainty == .unknown { self.doubts.insert(gap.scope) }
        switch gap.scope {
        case .git(let name):
            // The commits between the heads are told by the gap, so the next ones follow the new head.
            if let head = gap.heads?.to { self.change(name) { $0.commits.moved(to: head) } }
        case .stream where gap.cause == .replaced: self.forgetRuntime()
        // There is a hole in what was delivered, so only what follows it can be found again.
        case .shell where gap.cause == .suspectedDrop || gap.cause == .queueOverflow: self.shell = self.shell.afterHole
        case .process(let id) where gap.cause == .queueOverflow:
            // An audit must not take for dropped by the runtime what the queue has dropped.
            self.processes.change(id) { process in
                for index in process.outputs.indices { process.outputs[index].track.forgetUnaudited() }
            }
        // What is recovered now may repeat what was delivered, and is what the ring has.
        case .shell where gap.certainty != .exact: self.shell = self.shell.beforeHole
        default: break
        }
    }

    /// Another runtime is followed; no output of the old one can be found there.
    ///
    /// Its repositories may be the same.
    private mutating func forgetRuntime() {
        self.processes.changeAll { $1.outputs = [] }
        self.shell = ShellTail()
    }

    private mutating func apply(_ state: FollowerState, local: Int64) {
        (self.connection, self.connectionSince) = (state, local)
        switch state {
        case .live:
            self.isShellFresh = !self.doubts.contains(.shell)
            let doubts = self.doubts
            self.repositories.changeAll { name, repository in
                repository.isFresh = !doubts.contains(.git(repository: name.isEmpty ? nil : name))
            }
            self.processes.changeAll { $1.isFresh = !doubts.contains(.process(id: $0)) }
        case .waiting: self.doubts = []
        default: break
        }
    }

    // MARK: Audits

    /// An audit has compared the output of a process up to now.
    mutating func audited(_ id: String, _ stream: ProcessOutput.Stream, upTo key: OutputKey) {
        self.processes.change(id) { process in
            guard let index = process.outputs.firstIndex(where: { $0.stream == stream }) else { return }
            process.outputs[index].track.audited(upTo: key)
        }
    }

    // MARK: Reading

    /// The processes that run, as far as is known; in the order of their ids.
    var running: [ProcessTrack] {
        self.processes.values.filter { !$0.hasEnded }.sorted { $0.status.processID < $1.status.processID }
    }

    var snapshot: WorkspaceSnapshot {
        let isLive = self.connection == .live
        func freshness(_ isFresh: Bool) -> WorkspaceSnapshot.Freshness {
            isFresh && isLive ? .fresh : .staleSince(self.lastLocal)
        }
        return WorkspaceSnapshot(
            connection: self.connection,
            connectionSince: self.connectionSince,
            elements: self.elements,
            repositories: Dictionary(
                self.repositories.all.compactMap { name, repository in
                    repository.status.map { (name, .init(status: $0, freshness: freshness(repository.isFresh))) }
                },
                uniquingKeysWith: { _, later in later }
            ),
            processes: Dictionary(
                self.processes.all.map { id, process in
                    (
                        id,
                        WorkspaceSnapshot.Process(
                            status: process.status,
                            freshness: process.hasEnded ? .fresh : freshness(process.isFresh),
                            hasEnded: process.hasEnded,
                            outputs: process.outputCount
                        )
                    )
                },
                uniquingKeysWith: { _, later in later }
            ),
            shell: .init(
                tail: self.shell.text,
                freshness: self.shell.isEmpty ? .unknown : freshness(self.isShellFresh)
            )
        )
    }
}

import WorkspaceProtocol

@testable import WorkspaceFollowing

// Events and elements in few words, for tests.
extension WorkspaceEvent {
    static func shell(_ text: String) -> Self { Self(.shellOutput(text), timestamp: 1) }

    static func output(
        _ id: String,
        _ data: String,
        at time: Int,
        _ stream: ProcessOutput.Stream = .standardOutput
    ) -> Self {
        Self(
            .processOutput(
                ProcessOutput(processID: id, stream: stream, data: data, timestamp: RFC3339Timestamp(second: time))
            ),
            timestamp: 1
        )
    }

    static func process(_ id: String, _ state: ProcessStatus.State, exitCode: Int? = nil) -> Self {
        Self(.processStatus(ProcessStatus(processID: id, status: state, exitCode: exitCode)), timestamp: 1)
    }

    static func status(_ head: String?, of repository: String? = nil) -> Self {
        Self(.gitStatus(.real(head, of: repository)), timestamp: 1)
    }

    static func commit(_ sha: String, after parent: String, in repository: String? = nil) -> Self {
        Self(.gitCommit(GitCommit(repositoryName: repository, commitSHA: sha, parentSHA: parent)), timestamp: 1)
    }

    static func change(_ path: String, in repository: String? = nil) -> Self {
        Self(.fileChange(FileChange(repositoryName: repository, path: path, operation: .write)), timestamp: 1)
    }
}

extension GitStatus {
    /// A status that is no placeholder.
    static func real(_ head: String?, of repository: String? = nil) -> Self {
        GitStatus(
            repositoryName: repository,
            modified: [],
            added: [],
            deleted: [],
            untracked: [],
            renamed: [],
            branch: "main",
            headCommit: head
        )
    }
}

extension RFC3339Timestamp {
    init(second: Int) { self.init(Instant(seconds: Int64(second))) }
}

extension WorkspaceProcess.Chunk {
    static func chunk(_ data: String, at time: Int, _ stream: ProcessOutput.Stream = .standardOutput) -> Self {
        var chunk = Self()
        (chunk.stream, chunk.data, chunk.timestamp) = (stream, data, RFC3339Timestamp(second: time))
        return chunk
    }
}

extension WorkspaceProcess {
    static func running(_ id: String, _ output: [Chunk] = []) -> Self {
        var process = Self()
        (process.id, process.status, process.output) = (id, .running, output)
        return process
    }
}

extension GitLogEntry {
    static func entry(_ sha: String, after parent: String) -> Self {
        var entry = Self()
        (entry.commitSHA, entry.parentSHA) = (sha, parent)
        return entry
    }
}

extension WorkspaceTracker {
    init(after events: [WorkspaceEvent]) {
        self.init()
        for event in events { self.apply(.event(event), local: 1) }
    }
}

extension [FollowedElement] {
    /// The elements as short words, to compare them: `event shell_output`, `recovered git_commit`, `gap shell evicted`.
    var words: [String] {
        self.map { element in
            switch element {
            case .event(let event): "event \(event.word)"
            case .recovered(let event, _): "recovered \(event.word)"
            case .gap(let gap): "gap \(gap.scope.word) \(gap.cause)"
            case .connection(let state): state.name
            @unknown default: "?"
            }
        }
    }

    var gaps: [Gap] {
        self.compactMap { element in if case .gap(let gap) = element { gap } else { nil } }
    }
}

extension WorkspaceEvent {
    var word: String {
        switch self.content {
        case .shellOutput(let text): "shell \(text)"
        case .processOutput(let output): "output \(output.data)"
        case .processStatus(let status): "process \(status.processID) \(status.status)"
        case .gitCommit(let commit): "commit \(commit.commitSHA)"
        case .gitStatus(let status): "status \(status.headCommit ?? "-")"
        case .fileChange(let change): "file \(change.path.isEmpty ? change.operation.rawValue : change.path)"
        default: self.type.rawValue
        }
    }
}

extension Gap.Scope {
    var word: String {
        switch self {
        case .stream: "stream"
        case .shell: "shell"
        case .process(let id): "process \(id)"
        case .git(let name): "git \(name ?? "-")"
        case .files(let name): "files \(name ?? "-")"
        @unknown default: "?"
        }
    }
}

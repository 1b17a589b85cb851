import WorkspaceProtocol

/// The answers of the runtime from which a recovery, or an audit, learns what was missed.
struct RecoveryAnswers: Sendable {
    /// What is known of something that was asked for.
    enum Answer<Value: Sendable>: Sendable {
        /// The answer.
        case known(Value)
        /// The runtime says that it does not exist.
        case missing
        /// The request failed, or was late.
        case failed
    }

    /// The last output of the shell; `missing` if there is none.
    var shell = Answer<String>.failed
    /// When the shell was started; nil if it is not known.
    var shellStart: RFC3339Timestamp?
    /// The processes that run.
    var processes = Answer<[WorkspaceProcess]>.failed
    /// The single processes, with their output.
    var outputs: [String: Answer<WorkspaceProcess>] = [:]
    /// The statuses that did not come on the stream in time, by the name of the repository.
    var statuses: [String: Answer<GitStatus>] = [:]
    /// The commits since the last head, newest first, of the repositories whose head differs.
    var logs: [String: Answer<[GitLogEntry]>] = [:]
}

extension GitCommit {
    /// The commit of an entry of the log; nobody has noticed it, so it has no timestamp.
    init(_ entry: GitLogEntry, repository: String?) {
        self.init(
            repositoryName: repository,
            commitSHA: entry.commitSHA,
            parentSHA: entry.parentSHA,
            message: entry.message,
            authorName: entry.authorName,
            authorEmail: entry.authorEmail,
            filesChanged: entry.filesChanged,
            insertions: entry.insertions,
            deletions: entry.deletions,
            committedAt: entry.committedAt
        )
    }
}

extension ProcessOutput {
    /// A piece of output from the ring of a process.
    init(_ chunk: WorkspaceProcess.Chunk, of process: ProcessStatus) {
        self.init(
            sessionID: process.sessionID,
            processID: process.processID,
            kind: process.kind,
            stream: chunk.stream,
            data: chunk.data,
            timestamp: chunk.timestamp
        )
    }
}

extension ProcessStatus {
    /// The status in the list of the processes.
    init(_ process: WorkspaceProcess) {
        self.init(
            sessionID: process.sessionID,
            processID: process.id,
            kind: process.kind,
            scriptName: process.scriptName,
            command: process.command,
            workingDirectory: process.workingDirectory,
            status: process.status,
            exitCode: process.exitCode,
            timestamp: process.updatedAt
        )
    }
}

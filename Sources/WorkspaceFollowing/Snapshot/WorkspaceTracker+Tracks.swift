import WorkspaceProtocol

// What is known of single processes and repositories.
extension WorkspaceTracker {
    /// One piece of output, to find it again in the answer about its process.
    struct OutputKey: Sendable, Hashable {
        let timestamp: RFC3339Timestamp
        let length: Int

        init(_ output: ProcessOutput) { (self.timestamp, self.length) = (output.timestamp, output.data.utf8.count) }

        init(_ chunk: WorkspaceProcess.Chunk) {
            (self.timestamp, self.length) = (chunk.timestamp, chunk.data.utf8.count)
        }

        init(timestamp: RFC3339Timestamp, length: Int) { (self.timestamp, self.length) = (timestamp, length) }
    }

    /// The output of one stream of a process.
    struct OutputTrack: Sendable, Hashable {
        /// The last piece.
        var last: OutputKey
        /// How many pieces with the same key came last.
        var count = 1
        /// The pieces since the last audit, the oldest first.
        var unaudited: [OutputKey] = []
        /// Whether older pieces than these were forgotten.
        var hasForgotten = false

        /// The pieces that are remembered for an audit; the runtime keeps 2 MiB, which is more only for tiny pieces.
        static let memory = 16_384

        init(_ key: OutputKey) {
            self.last = key
            self.unaudited = [key]
        }

        mutating func append(_ key: OutputKey) {
            self.count = key == self.last ? self.count + 1 : 1
            self.last = key
            if self.unaudited.count >= Self.memory {
                self.unaudited.removeFirst(Self.memory / 2)
                self.hasForgotten = true
            }
            self.unaudited.append(key)
        }
    }

    /// One process.
    struct ProcessTrack: Sendable {
        var status: ProcessStatus
        var hasEnded = false
        var isFresh = true
        /// The output by stream: there are two.
        var outputs: [(stream: ProcessOutput.Stream, track: OutputTrack)] = []
        var outputCount = 0

        mutating func append(_ output: ProcessOutput) {
            self.outputCount += 1
            let key = OutputKey(output)
            guard let index = self.outputs.firstIndex(where: { $0.stream == output.stream }) else {
                return self.outputs.append((output.stream, OutputTrack(key)))
            }
            self.outputs[index].track.append(key)
        }

        mutating func appendLate(_ output: ProcessOutput) {
            self.outputCount += 1
            guard let index = self.outputs.firstIndex(where: { $0.stream == output.stream }) else { return }
            self.outputs[index].track.appendLate(OutputKey(output))
        }

        func output(_ stream: ProcessOutput.Stream) -> OutputTrack? {
            self.outputs.first { $0.stream == stream }?.track
        }
    }

    /// One repository.
    struct RepositoryTrack: Sendable {
        /// The last status; nil if only a commit was seen.
        var status: GitStatus?
        var isFresh = true
        var commits = CommitTrack()
    }
}

extension WorkspaceTracker.OutputTrack {
    /// What came so far can't be compared any more.
    mutating func forgetUnaudited() { (self.unaudited, self.hasForgotten) = ([], true) }

    /// A piece that was dropped has been delivered late; the last one stays the last one.
    mutating func appendLate(_ key: WorkspaceTracker.OutputKey) {
        guard let time = key.timestamp.instant else { return }
        // The audit that has found it may have settled all pieces up to a later one.
        guard let first = self.unaudited.first?.timestamp.instant, first <= time else { return }
        let next = self.unaudited.firstIndex { $0.timestamp.instant.map { $0 > time } ?? false }
        self.unaudited.insert(key, at: next ?? self.unaudited.count)
    }

    mutating func audited(upTo key: WorkspaceTracker.OutputKey) {
        guard var index = self.unaudited.lastIndex(of: key) else { return }
        // The last audited piece stays, as the place from which the next audit looks on, and so do those with its key.
        while index > 0, self.unaudited[index - 1] == key { index -= 1 }
        self.unaudited.removeFirst(index)
        self.hasForgotten = false
    }
}

extension ProcessStatus.State {
    /// Whether the process does not run any more.
    var isEnd: Bool { self == .exited || self == .failed || self == .stopped || self == .ended }

    /// The state of a process that the runtime has forgotten; never on the wire.
    static let ended = Self(rawValue: "ended")
}

extension GitStatus {
    /// The status without the diffs of its files.
    var withoutDiffs: GitStatus {
        guard self.files.values.contains(where: { $0.diff != nil }) else { return self }
        var status = self
        // It keeps the places of the paths, so none is hashed again.
        status.files = self.files.mapValues { file in
            var file = file
            file.diff = nil
            return file
        }
        return status
    }
}

extension ShellTail {
    /// Whether nothing was ever appended.
    var isEmpty: Bool { self.totalBytes == 0 }
}

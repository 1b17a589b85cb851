public import WorkspaceProtocol

/// Generates the events of a busy workspace with two repositories; the same seed gives the same events.
///
/// Times begin at 2026-01-01T00:00:00Z and increase by 8 ms per event; they do not depend on a clock.
public struct EventGenerator: Sendable {
    /// The smallest size in bytes of a message of ``GeneratedEvents/Kind/text(bytes:)``: a `shell_output` with one
    /// letter.
    public static let minimumTextBytes = 60
    /// The largest size in bytes of such a message: 64 MiB, the default limit of our client.
    public static let maximumTextBytes = 64 * 1024 * 1024

    private static let start: Int64 = 1_767_225_600_000
    private static let interval: Int64 = 8

    private var random: SeededGenerator
    private var milliseconds = Self.start
    /// The head of each repository.
    private var heads: [String: String] = [:]

    /// Creates a generator.
    ///
    /// - Parameter seed: Determines the whole sequence.
    public init(seed: UInt64) { self.random = SeededGenerator(seed: seed) }

    /// Generates one event.
    ///
    /// - Returns: An event whose message has 120 to 2000 bytes, about 400 on average.
    public mutating func next() -> WorkspaceEvent {
        let content = self.content()
        defer { self.milliseconds += Self.interval }
        return WorkspaceEvent(content, timestamp: self.milliseconds)
    }

    /// A `shell_output` whose message has exactly this number of bytes.
    static func text(bytes: Int) -> WorkspaceEvent {
        let letters = Array("the quick brown fox jumps over the lazy dog ".utf8)
        let count = bytes - self.minimumTextBytes + 1
        let text = String(decoding: (0..<count).map { letters[$0 % letters.count] }, as: UTF8.self)
        return WorkspaceEvent(.shellOutput(text), timestamp: self.start)
    }

    /// Chooses the content by shares in percent; most events are output, as in a real workspace.
    private mutating func content() -> WorkspaceEvent.Content {
        switch self.random.below(100) {
        case 0..<45: .processOutput(self.processOutput())
        case 45..<61: .shellOutput(self.lines(2...9))
        case 61..<78: .fileChange(self.fileChange())
        case 78..<86: .gitStatus(self.gitStatus())
        case 86..<92: .gitCommit(self.gitCommit())
        case 92..<98: .processStatus(self.processStatus())
        case 98..<99: .branchSwitch(self.branchSwitch())
        default: .gitReset(self.gitReset())
        }
    }

    // MARK: Output

    private mutating func processOutput() -> ProcessOutput {
        ProcessOutput(
            sessionID: "session-1",
            processID: self.processID(),
            kind: .dev,
            stream: self.random.below(10) == 0 ? .standardError : .standardOutput,
            data: self.lines(1...7),
            timestamp: self.timestamp()
        )
    }

    private mutating func processStatus() -> ProcessStatus {
        let state = self.random.pick([ProcessStatus.State.running, .running, .exited, .failed])
        return ProcessStatus(
            sessionID: "session-1",
            processID: self.processID(),
            kind: .dev,
            scriptName: "dev server",
            command: "npm run dev -- --port 3000",
            workingDirectory: "/workspace/\(self.repository())",
            status: state,
            exitCode: state == .exited ? 0 : state == .failed ? 1 : nil,
            timestamp: self.timestamp()
        )
    }

    private mutating func processID() -> String { "process-\(self.random.below(4))" }

    private mutating func lines(_ count: ClosedRange<Int>) -> String {
        let count = count.lowerBound + self.random.below(count.count)
        return (0..<count).map { _ in self.line() }.joined(separator: "\r\n") + "\r\n"
    }

    private mutating func line() -> String {
        let path = self.path()
        let number = self.random.below(9000)
        return switch self.random.below(6) {
        case 0: "\u{1B}[32m✓\u{1B}[0m \(path) (\(number) ms)"
        case 1: "[\(number)/9000] Compiling \(path)"
        case 2: "\(path):\(number): warning: value \"\(self.random.hex(6))\" was never used"
        case 3: "GET /api/items/\(number) 200 \(self.random.below(90)) ms"
        case 4: "hmr update /\(path)"
        default: "    at render (\(path):\(number):\(self.random.below(80)))"
        }
    }

    // MARK: Repositories

    private mutating func fileChange() -> FileChange {
        FileChange(
            timestamp: self.timestamp(),
            repositoryName: self.repository(),
            path: self.path(),
            operation: self.random.pick([.write, .write, .write, .create, .remove, .rename])
        )
    }

    private mutating func gitStatus() -> GitStatus {
        let repository = self.repository()
        let files = (0..<(1 + self.random.below(4))).map { _ in self.changedFile() }
        return GitStatus(
            timestamp: self.timestamp(),
            repositoryName: repository,
            modified: Set(files.map(\.path)).sorted(),
            added: [],
            deleted: [],
            untracked: [],
            renamed: [],
            ahead: self.random.below(4),
            branch: "feature/\(repository)",
            remoteBranch: "origin/feature/\(repository)",
            headCommit: self.heads[repository] ?? self.random.hex(40),
            baseCommit: self.random.hex(40),
            comparisonTarget: "origin/main",
            comparisonStatus: .ready,
            files: Dictionary(files.map { ($0.path, $0) }) { first, _ in first },
            branchAdditions: self.random.below(400),
            branchDeletions: self.random.below(90)
        )
    }

    private mutating func changedFile() -> GitStatus.FileInfo {
        let (additions, deletions) = (1 + self.random.below(3), self.random.below(2))
        let added = (0..<additions).map { _ in "\n+    let value = \(self.random.hex(8))" }.joined()
        return GitStatus.FileInfo(
            path: self.path(),
            status: .modified,
            staged: self.random.below(2) == 0,
            additions: additions,
            deletions: deletions,
            diff: "@@ -\(self.random.below(300)),3 +\(self.random.below(300)),5 @@\(added)\n"
        )
    }

    private mutating func gitCommit() -> GitCommit {
        let repository = self.repository()
        let head = self.random.hex(40)
        defer { self.heads[repository] = head }
        return GitCommit(
            timestamp: self.timestamp(),
            repositoryName: repository,
            commitSHA: head,
            parentSHA: self.heads[repository] ?? self.random.hex(40),
            message: "Handle an empty \(self.random.pick(["list", "token", "path", "reply"])) in \(self.path())",
            authorName: "Ada Lovelace",
            authorEmail: "ada@example.org",
            filesChanged: 1 + self.random.below(9),
            insertions: self.random.below(200),
            deletions: self.random.below(80),
            committedAt: self.timestamp()
        )
    }

    private mutating func branchSwitch() -> BranchSwitch {
        BranchSwitch(
            timestamp: self.timestamp(),
            repositoryName: self.repository(),
            previousBranch: "main",
            currentBranch: "feature/\(self.random.hex(6))",
            currentHead: self.random.hex(40),
            baseCommit: self.random.hex(40)
        )
    }

    private mutating func gitReset() -> GitReset {
        GitReset(
            timestamp: self.timestamp(),
            repositoryName: self.repository(),
            previousHead: self.random.hex(40),
            currentHead: self.random.hex(40)
        )
    }

    private mutating func repository() -> String { self.random.pick(["web", "api"]) }

    private mutating func path() -> String {
        let folder = self.random.pick(["Sources/App", "src/components", "src/routes", "Tests/Unit", "docs"])
        let file = self.random.pick(["Session", "login", "index", "Überblick", "Router", "state-machine"])
        return "\(folder)/\(file)\(self.random.below(40)).\(self.random.pick(["swift", "ts", "tsx", "md"]))"
    }

    private func timestamp() -> RFC3339Timestamp { WallClock.timestamp(milliseconds: self.milliseconds) }
}

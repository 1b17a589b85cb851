import WorkspaceProtocol

extension ExampleMessage {
    /// The meaning of the frame, written by hand.
    var event: WorkspaceEvent {
        switch self {
        case .connected: WorkspaceEvent(.connected, timestamp: 1_767_225_600_123)
        case .ping: WorkspaceEvent(.ping, timestamp: 1_767_225_601_000)
        case .pong: WorkspaceEvent(.pong, timestamp: 1_767_225_601_002)
        case .shellInput: WorkspaceEvent(.shellInput("ls -la\r"), timestamp: 1_767_225_602_000)
        case .shellResize: WorkspaceEvent(.shellResize(columns: 120, rows: 40), timestamp: 1_767_225_602_100)
        case .shellOutput: WorkspaceEvent(.shellOutput("total 12\r\n\u{1B}[0m"), timestamp: 1_767_225_602_210)
        case .shellExit: WorkspaceEvent(.shellExit(code: 130), timestamp: 1_767_225_603_000)
        case .error: WorkspaceEvent(.error("shell unavailable"), timestamp: 1_767_225_603_100)
        case .fileChangeWrite: WorkspaceEvent(.fileChange(Self.write), timestamp: 1_767_225_604_000)
        case .fileChangeRefresh: WorkspaceEvent(.fileChange(Self.refresh), timestamp: 1_767_225_604_100)
        case .gitCommit: WorkspaceEvent(.gitCommit(Self.commit), timestamp: 1_767_225_605_000)
        case .gitReset: WorkspaceEvent(.gitReset(Self.reset), timestamp: 1_767_225_606_000)
        case .branchSwitch: WorkspaceEvent(.branchSwitch(Self.checkout), timestamp: 1_767_225_607_000)
        case .processStarted: WorkspaceEvent(.processStatus(Self.running), timestamp: 1_767_225_608_000)
        case .processOutput: WorkspaceEvent(.processOutput(Self.output), timestamp: 1_767_225_609_000)
        case .processFailed: WorkspaceEvent(.processStatus(Self.failed), timestamp: 1_767_225_610_000)
        case .gitStatus: WorkspaceEvent(.gitStatus(Self.status), timestamp: 1_767_225_611_000)
        }
    }

    private static let write = FileChange(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:04.000000001Z"),
        path: "Sources/App.swift",
        operation: .write
    )

    private static let refresh = FileChange(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:04.1Z"),
        repositoryName: "web",
        path: "",
        operation: .refresh
    )

    private static let commit = GitCommit(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:05Z"),
        repositoryName: "web",
        commitSHA: "9f2c…",
        parentSHA: "11ab…",
        message: "Add login",
        authorName: "Ada",
        authorEmail: "ada@example.org",
        filesChanged: 2,
        insertions: 40,
        deletions: 3,
        committedAt: RFC3339Timestamp(rawValue: "2026-01-01T00:00:04Z")
    )

    private static let reset = GitReset(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:06Z"),
        previousHead: "9f2c…",
        currentHead: "11ab…"
    )

    private static let checkout = BranchSwitch(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:07Z"),
        previousBranch: "main",
        currentBranch: "feat/x",
        currentHead: "77de…",
        baseCommit: "11ab…"
    )

    private static let running = ProcessStatus(
        sessionID: "s1",
        processID: "p1",
        kind: .dev,
        scriptName: "dev server",
        command: "npm run dev",
        workingDirectory: "/repo/web",
        status: .running,
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:08Z")
    )

    private static let output = ProcessOutput(
        sessionID: "s1",
        processID: "p1",
        kind: .dev,
        stream: .standardOutput,
        data: "ready on :3000\n",
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:09Z")
    )

    private static let failed = ProcessStatus(
        sessionID: "s1",
        processID: "p1",
        kind: .dev,
        command: "npm run dev",
        workingDirectory: "/repo/web",
        status: .failed,
        exitCode: 1,
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:10Z")
    )

    private static let status = GitStatus(
        timestamp: RFC3339Timestamp(rawValue: "2026-01-01T00:00:11Z"),
        repositoryName: "web",
        modified: ["a.swift"],
        added: [],
        deleted: [],
        untracked: ["b.txt"],
        renamed: [],
        ahead: 1,
        branch: "feat/x",
        remoteBranch: "origin/feat/x",
        remoteAhead: 1,
        remoteHeadCommit: "11ab…",
        headCommit: "77de…",
        baseCommit: "11ab…",
        comparisonTarget: "origin/main",
        comparisonStatus: .ready,
        files: [
            "a.swift": GitStatus.FileInfo(
                path: "a.swift",
                status: .modified,
                additions: 2,
                deletions: 1,
                diff: "@@ -1 +1,2 @@…"
            ),
            "b.bin": GitStatus.FileInfo(path: "b.bin", status: .untracked, diffSkipReason: .binary),
        ],
        branchAdditions: 40,
        branchDeletions: 3
    )
}

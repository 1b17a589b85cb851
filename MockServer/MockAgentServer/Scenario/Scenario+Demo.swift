import WorkspaceProtocol

extension Scenario {
    /// The repositories of the demo.
    public static let demoRepositories = [
        MockRepository(
            name: "web",
            branch: "feature/login",
            files: ["src/login.ts": GitStatus.FileInfo(path: "src/login.ts", status: .modified, additions: 12)]
        ),
        MockRepository(name: "api"),
    ]

    static let demoSteps: [ScenarioStep] = [
        .send([shell("$ make check\r\n"), process(.starting), process(.running)], rate: 10),
        .send((1...8).map { output("[\($0)/8] Compiling \(modules[$0 - 1])\n") }, rate: 20),
        .send(["src/login.ts", "src/session.ts", "src/routes/index.ts"].map { change("web", $0) }, rate: 12),
        .send([status("web", modified: ["src/login.ts", "src/session.ts"])]),
        .wait(.milliseconds(200)),
        .send(["Sources/App/Login.swift", "Sources/App/Token.swift"].map { change("api", $0, .create) }, rate: 12),
        .send([status("api", untracked: ["Sources/App/Login.swift", "Sources/App/Token.swift"])]),
        .send((1...9).map { output("✓ login test \($0) (\($0 * 7) ms)\n") }, rate: 20),
        .send([output("1 test failed: an expired token is refused\n", .standardError), process(.failed, exitCode: 1)]),
        .wait(.milliseconds(300)),
        .send([change("api", "Sources/App/Token.swift"), process(.running)], rate: 8),
        .send([output("✓ an expired token is refused (3 ms)\n"), process(.exited, exitCode: 0)], rate: 8),
        .send([commit("api", "Refuse expired tokens", 2), status("api", ahead: 1)], rate: 8),
        .send([commit("web", "Add the login form", 3), status("web", ahead: 1)], rate: 8),
        .send([switched("web", from: "feature/login", to: "main"), shell("all checks passed\r\n$ ")]),
    ]

    private static let modules = ["Core", "Parser", "Session", "Login", "Token", "Router", "App", "Tests"]

    private static func shell(_ text: String) -> WorkspaceEvent { WorkspaceEvent(.shellOutput(text), timestamp: nil) }

    private static func output(_ text: String, _ stream: ProcessOutput.Stream = .standardOutput) -> WorkspaceEvent {
        let output = ProcessOutput(sessionID: "s1", processID: "p1", kind: .dev, stream: stream, data: text)
        return WorkspaceEvent(.processOutput(output), timestamp: nil)
    }

    private static func process(_ state: ProcessStatus.State, exitCode: Int? = nil) -> WorkspaceEvent {
        let status = ProcessStatus(
            sessionID: "s1",
            processID: "p1",
            kind: .dev,
            scriptName: "check",
            command: "make check",
            workingDirectory: "/workspace/api",
            status: state,
            exitCode: exitCode
        )
        return WorkspaceEvent(.processStatus(status), timestamp: nil)
    }

    private static func change(
        _ repository: String,
        _ path: String,
        _ operation: FileChange.Operation = .write
    ) -> WorkspaceEvent {
        let change = FileChange(repositoryName: repository, path: path, operation: operation)
        return WorkspaceEvent(.fileChange(change), timestamp: nil)
    }

    private static func status(
        _ repository: String,
        modified: [String] = [],
        untracked: [String] = [],
        ahead: Int = 0
    ) -> WorkspaceEvent {
        let status = GitStatus(
            repositoryName: repository,
            modified: modified,
            added: [],
            deleted: [],
            untracked: untracked,
            renamed: [],
            ahead: ahead,
            branch: repository == "web" ? "feature/login" : "main"
        )
        return WorkspaceEvent(.gitStatus(status), timestamp: nil)
    }

    private static func commit(_ repository: String, _ message: String, _ files: Int) -> WorkspaceEvent {
        let commit = GitCommit(
            repositoryName: repository,
            commitSHA: "9f2c41d07a5be3318c6f0e94d2ab7715c03e86f4",
            parentSHA: "11ab8e20c94f5d673be1a0827c5946df3b10e7d2",
            message: message,
            authorName: "Ada Lovelace",
            authorEmail: "ada@example.org",
            filesChanged: files,
            insertions: files * 17,
            deletions: files
        )
        return WorkspaceEvent(.gitCommit(commit), timestamp: nil)
    }

    private static func switched(_ repository: String, from old: String, to new: String) -> WorkspaceEvent {
        let branchSwitch = BranchSwitch(
            repositoryName: repository,
            previousBranch: old,
            currentBranch: new,
            currentHead: "77de0c1b52a94f83e6d01b7c9a35ef2846d0b913"
        )
        return WorkspaceEvent(.branchSwitch(branchSwitch), timestamp: nil)
    }
}

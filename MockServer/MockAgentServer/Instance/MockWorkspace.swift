import WorkspaceProtocol

/// The workspace of one server: what its streams have been told, and what its HTTP answers say.
final class MockWorkspace: Sendable {
    let shell: ShellState
    let processes: MockProcessTable
    let git: GitState
    private let ledger: ServerLedger

    /// What a server takes over from the one before it on the same port.
    struct Kept: Sendable {
        /// The repositories are on disk.
        var git: GitState
        var shell: ShellState?
        var processes: MockProcessTable?
    }

    init(_ configuration: MockServerConfiguration, kept: Kept?, ledger: ServerLedger) {
        self.shell =
            kept?.shell ?? ShellState(directory: configuration.workspacePath, isRunning: configuration.hasShell)
        self.processes = kept?.processes ?? MockProcessTable(limit: configuration.processOutputBytes)
        self.git = kept?.git ?? GitState(configuration.repositories)
        self.ledger = ledger
    }

    /// Sends an event to every attached stream, and keeps it for the HTTP answers.
    ///
    /// - Returns: The number of streams that will send it.
    @discardableResult
    func post(_ event: WorkspaceEvent) -> Int {
        let event = event.stamped
        self.observe(event)
        return self.ledger.state.streams.values.count { $0.post(event) }
    }

    /// The shell repeats what is typed: to every stream that attached after the shell was started.
    func echo(_ text: String) {
        let event = WorkspaceEvent(.shellOutput(text), timestamp: WallClock.milliseconds)
        self.shell.append(text)
        for stream in self.ledger.state.streams.values where stream.hasShell { stream.post(event) }
    }

    /// Keeps an event that a stream sends.
    func observe(_ event: WorkspaceEvent) {
        switch event.content {
        case .shellOutput(let text): self.shell.append(text)
        case .processStatus(let status): self.processes.observe(status)
        case .processOutput(let output): self.processes.observe(output)
        case .gitStatus(let status): self.git.observe(status)
        case .gitCommit(let commit): self.git.observe(commit)
        default: break
        }
    }
}

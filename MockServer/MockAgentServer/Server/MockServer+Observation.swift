public import WorkspaceProtocol

extension MockServer {
    /// The requests for the stream so far, oldest first; limited by ``MockServerConfiguration/maximumHistory``.
    public var upgrades: [UpgradeSeen] { self.ledger.state.upgrades }

    /// The requests of every kind so far, refused ones included, oldest first; limited like ``upgrades``.
    public var requests: [RequestSeen] { self.ledger.state.requests }

    /// The commands from clients so far, oldest first; limited by ``MockServerConfiguration/maximumHistory``.
    public var commands: [ReceivedCommand] { self.ledger.state.commands }

    /// The input for the shell so far, unchanged; limited like ``commands``.
    public var shellInput: String {
        self.commands.reduce(into: "") { text, command in
            if case .shellInput(let input) = command.event.content { text += input }
        }
    }

    /// The number of attached streams.
    public var connectionCount: Int { self.ledger.state.streams.count }

    /// The number of TCP connections that are open, with those of HTTP requests that a client keeps.
    public var socketCount: Int { self.listener.socketCount }

    // MARK: The truth about a workspace

    /// What was put on each workspace stream, and what was dropped, oldest stream first; of the ended streams the latest,
    /// limited like ``upgrades``.
    public var streamCounts: [StreamCounts] {
        let state = self.ledger.state
        return (state.endedStreams + state.streams.values.map(\.counts)).sorted { $0.attempt < $1.attempt }
    }

    /// The ring of the shell: its last 16 KiB of output.
    public var shellRing: String { self.instance.workspace.shell.ring }

    /// The ring of a process, the oldest output first; nil if the process has ended or is unknown.
    public func processRing(_ id: String) -> [ProcessOutput]? { self.instance.workspace.processes.output(of: id) }

    /// The status of each repository as a client that attaches now gets it.
    public var statuses: [GitStatus] {
        let git = self.instance.workspace.git
        return self.instance.configuration.repositories.map { git.current($0) }
    }

    // MARK: The agent stream, processes and terminals

    /// The number of clients on the agent stream.
    public var agentClientCount: Int { self.instance.agent.events.count }

    /// The requests of clients on the agent stream so far, oldest first, as on the wire; the latest 10,000 or more.
    public var agentRequests: [MockJSON] { self.instance.agentStream.requests.value.latest }

    /// The permission requests of the agent that nobody has answered: `request_id`, `pending_id` and the other members
    /// of `agent.permissions.list`.
    public var pendingPermissions: [MockJSON] {
        let ids = self.instance.agent.ids
        return self.instance.agent.permissions.pending.map { $0.entry(task: ids.task, managerSession: ids.session) }
    }

    /// The ids of the processes that run.
    public var runningProcesses: [String] { self.instance.workspace.processes.ids }

    /// How often a client wants agentctl to look at the workspace: `fast`, `slow` or `paused`.
    public var pollMode: String { self.instance.pollMode }

    /// The size that clients gave to a terminal; nil if there is no such terminal.
    public func terminalSize(_ id: String) -> TerminalSize? { self.instance.terminals.size(of: id) }
}

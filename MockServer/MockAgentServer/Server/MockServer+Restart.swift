public import WorkspaceProtocol

/// What changes when a server is replaced by another one on the same port.
public struct MockRestart: Sendable, Hashable {
    /// The id of the new instance.
    ///
    /// Default: nil, the same id.
    public var instanceID: String?
    /// Whether shell and processes live on, as if only the network had failed; processes that a scenario plays stop.
    ///
    /// Repositories always stay, because they are on disk.
    ///
    /// Default: false, as in agentctl.
    public var keepsProcesses = false
    /// Whether a shell runs from the start, unless the old one lives on; nil means as before.
    ///
    /// Default: nil.
    public var hasShell: Bool?
    /// Whether the old instance was deleted, so that its streams stay open as ghosts.
    ///
    /// Default: false.
    public var leavesGhosts = false

    /// Creates a restart of the whole program, with the same id.
    public init() {}

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - instanceID: See ``instanceID``.
    ///   - keepsProcesses: See ``keepsProcesses``.
    ///   - hasShell: See ``hasShell``.
    ///   - leavesGhosts: See ``leavesGhosts``.
    public init(
        instanceID: String? = nil,
        keepsProcesses: Bool = false,
        hasShell: Bool? = nil,
        leavesGhosts: Bool = false
    ) {
        (self.instanceID, self.keepsProcesses, self.hasShell) = (instanceID, keepsProcesses, hasShell)
        self.leavesGhosts = leavesGhosts
    }
}

extension MockServer {
    /// Ends this server, and starts another one on the same port, with the same configuration and scenario.
    ///
    /// Like agentctl after SIGTERM, it ends all sockets without a Close frame. If it leaves ghosts, see
    /// ``leaveGhosts()``: then this server still runs for them, and you must stop it, too.
    ///
    /// - Parameter change: What changes.
    /// - Returns: The new server, which already listens. Stop it.
    /// - Throws: ``MockServerError`` with `listenFailed` if another program has taken the port.
    public func restart(_ change: MockRestart = MockRestart()) async throws -> MockServer {
        let successor = self.successor
        if change.leavesGhosts {
            await self.leaveGhosts()
        } else {
            self.abortAll()
            await self.stop()
        }
        return try await successor.start(change)
    }

    /// What the next server on this port begins with.
    var successor: Successor {
        let workspace = self.instance.workspace
        var configuration = self.instance.configuration
        configuration.port = self.port
        configuration.scenario = self.instance.scenario
        return Successor(configuration: configuration, workspace: workspace)
    }

    /// A server that can be started on the port of one that has ended.
    struct Successor: Sendable {
        var configuration: MockServerConfiguration
        let workspace: MockWorkspace

        func start(_ change: MockRestart) async throws -> MockServer {
            var kept = MockWorkspace.Kept(git: self.workspace.git)
            if change.keepsProcesses { (kept.shell, kept.processes) = (self.workspace.shell, self.workspace.processes) }
            var configuration = self.configuration
            if let hasShell = change.hasShell { configuration.hasShell = hasShell }
            if let id = change.instanceID { configuration.instanceID = id }
            return try await MockServer.start(configuration, kept: kept)
        }
    }

    /// Sends the first half of an event to every attached stream, and ends the sockets; the rings have the event.
    ///
    /// - Parameter event: The event; without a timestamp it gets the current time.
    public func cutAll(in event: WorkspaceEvent) {
        let event = event.stamped
        self.instance.workspace.observe(event)
        for stream in self.ledger.state.streams.values { stream.cut(event) }
    }

    /// Neither reads from the attached streams nor writes to them until ``resumeAll()``; events wait, or are dropped.
    public func stallAll() { for stream in self.ledger.state.streams.values { stream.stall() } }

    /// Ends ``stallAll()``.
    public func resumeAll() { for stream in self.ledger.state.streams.values { stream.resume() } }
}

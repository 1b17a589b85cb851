import WorkspaceProtocol

extension MockServer {
    /// The requests for the stream so far, the oldest first; bounded by ``MockServerConfiguration/historyLimit``.
    public var upgrades: [UpgradeSeen] { self.ledger.state.upgrades }

    /// What clients sent so far, the oldest first; bounded by ``MockServerConfiguration/historyLimit``.
    public var commands: [ReceivedCommand] { self.ledger.state.commands }

    /// What clients typed into the shell so far, verbatim; bounded as ``commands`` is.
    public var shellInput: String {
        self.commands.reduce(into: "") { text, command in
            if case .shellInput(let input) = command.event.content { text += input }
        }
    }

    /// The streams that are attached now.
    public var connectionCount: Int { self.ledger.state.streams.count }

    /// Waits until so many requests for the stream were seen, whether they were answered or not.
    ///
    /// - Parameter count: How many since the start.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForUpgrades(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.upgradeCount >= count }
    }

    /// Waits until so many commands were received.
    ///
    /// - Parameter count: How many since the start, on all connections together.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForCommands(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.commandCount >= count }
    }

    /// Waits until exactly so many streams are attached; 0 also before the first.
    ///
    /// - Parameter count: How many.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForConnections(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.streams.count == count }
    }
}

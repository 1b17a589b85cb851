import WorkspaceProtocol

extension MockServer {
    /// The requests for the stream so far, oldest first; limited by ``MockServerConfiguration/maximumHistory``.
    public var upgrades: [UpgradeSeen] { self.ledger.state.upgrades }

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

    /// Waits until this number of requests for the stream has come; unanswered requests count, too.
    ///
    /// - Parameter count: The number since the start.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForUpgrades(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.upgradeCount >= count }
    }

    /// Waits until this number of commands has come.
    ///
    /// - Parameter count: The number since the start, on all connections together.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForCommands(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.commandCount >= count }
    }

    /// Waits until exactly this number of streams is attached; for 0 it also returns before the first one.
    ///
    /// - Parameter count: The number of streams.
    /// - Throws: ``MockServerError`` with `stopped`; `CancellationError`.
    public func waitForConnections(_ count: Int) async throws {
        try await self.ledger.watched.wait { $0.streams.count == count }
    }
}

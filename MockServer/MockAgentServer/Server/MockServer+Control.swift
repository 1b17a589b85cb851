import ConcurrencyPrimitives
public import WebSocketProtocol
public import WorkspaceProtocol

extension MockServer {
    /// Sends an event to every attached stream, without waiting.
    ///
    /// If a client does not read, the event is lost, as with agentctl. If a scenario stalls the stream, the event is
    /// sent after the stall.
    ///
    /// - Parameter event: The event; without a timestamp it gets the current time.
    /// - Returns: The number of streams that will send it.
    @discardableResult
    public func broadcast(_ event: WorkspaceEvent) -> Int {
        self.instance.workspace.post(event)
    }

    /// Closes every connection with a code, and waits until all have ended.
    ///
    /// - Parameters:
    ///   - code: The code in the Close frames.
    ///   - reason: For people; cut to 123 bytes.
    public func closeAll(_ code: CloseCode, reason: String = "") async {
        await withDiscardingTaskGroup { group in
            for socket in self.ledger.state.sockets.values {
                group.addTask { await socket.close(code, reason: reason) }
            }
        }
    }

    /// Ends the socket of every connection, without a Close frame.
    public func abortAll() {
        for socket in self.ledger.state.sockets.values { socket.abort() }
    }

    /// Changes what the server does from now on.
    ///
    /// Streams that are open keep their steps; requests for the stream are counted from 0 again to choose the attempt.
    /// The agent, the processes and the faults change at once, but a turn that has begun goes on.
    ///
    /// - Parameter scenario: The new scenario.
    /// - Throws: ``MockServerError`` with `invalidScenario`; then nothing has changed.
    public func setScenario(_ scenario: Scenario) throws(MockServerError) {
        try scenario.validate()
        self.instance.setScenario(scenario)
    }

    /// Sends a request to the client of the agent stream, such as one for an MCP server.
    ///
    /// - Parameters:
    ///   - action: The action.
    ///   - payload: The payload.
    /// - Returns: The whole answer of the client.
    /// - Throws: `CancellationError`; nothing else limits the wait.
    public func requestFromClient(_ action: String, payload: MockJSON) async throws -> MockJSON {
        try await self.instance.agent.request(action, payload).waitUnlessCancelled()
    }

    /// Sends an event of the agent to one of the clients of the agent stream; without a client, it waits for one.
    ///
    /// - Parameter event: The event; the session and the `supports_*` members are added if they are missing.
    public func sendAgentEvent(_ event: MockJSON) { self.instance.agent.post(event) }

    /// Writes output to a terminal.
    ///
    /// - Parameters:
    ///   - bytes: The output.
    ///   - id: The terminal.
    /// - Returns: Whether the terminal exists.
    @discardableResult
    public func sendToTerminal(_ bytes: [UInt8], id: String) -> Bool {
        self.instance.terminals.send(bytes, to: id)
    }

    /// Stops listening like a deleted instance of agentctl: open streams become ghosts.
    ///
    /// Their sockets stay open, and their Pings and `ping` commands are answered, but no event comes any more. Processes
    /// end with `failed` and -1 before. The port refuses connections when this returns. Call ``stop()`` afterwards.
    public func leaveGhosts() async {
        self.instance.end()
        await self.listener.stopListening()
    }

    /// Answers all handshakes that scenarios delay; later ones are delayed again.
    public func releaseUpgrades() { self.ledger.watched.update { $0.releases += 1 } }
}

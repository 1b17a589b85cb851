import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

extension AgentRuntimeClient {
    /// Opens the stream of a terminal (`/api/v1/shell/terminal/:id/stream`); any number of terminals may be open at a
    /// time, each once per client.
    ///
    /// The terminal must exist: ``RuntimeControl/startTerminal(id:columns:rows:timeout:)``. Before the dial it asks the
    /// runtime for the scrollback, at most 2 s, to tell it from output that comes later; see ``TerminalStream/hadOutput``.
    ///
    /// If it throws, nothing of the attempt is left. Cancelling the task cancels the attempt. If the last stream of this
    /// terminal is still ending, this waits for it, like ``openWorkspaceStream()``. Several clients may open the same
    /// terminal: each gets all output.
    ///
    /// - Parameter id: The id of the terminal; not empty.
    /// - Returns: The open stream; close it, or close the client.
    /// - Throws: ``AgentRuntimeError`` with `terminalNotFound`, or the errors of ``openWorkspaceStream()``;
    ///   `CancellationError`.
    public func openTerminal(id: String) async throws -> TerminalStream {
        try ControlRequest.check(id: id, "The id of a terminal")
        let kind = TerminalStreamKind(id: id)
        return TerminalStream(core: try await self.driver.open(kind), kind: kind, owner: self)
    }

    /// Starts a new terminal, opens its stream, runs `body` with it, closes the stream and deletes the terminal.
    ///
    /// The terminal gets an id of its own: ``TerminalStream/id``. The stream is closed and the terminal is deleted before
    /// this returns, even if `body` throws or the task is cancelled. Each of the two takes at most
    /// ``AgentRuntimeConfiguration/closeTimeout``, and the close a second more. If the client was closed, or if the
    /// runtime can't be reached any more, the terminal stays there, and no error tells it.
    ///
    /// - Parameters:
    ///   - columns: The width in characters, 1 to 65,535.
    ///   - rows: The height in lines, 1 to 65,535.
    ///   - body: Uses the stream. It must not let the stream escape.
    /// - Returns: The value of `body`.
    /// - Throws: The errors of ``RuntimeControl/startTerminal(id:columns:rows:timeout:)`` and of ``openTerminal(id:)``,
    ///   or the error of `body`, unchanged.
    public func withTerminal<Value>(
        columns: Int = 80,
        rows: Int = 24,
        _ body: (TerminalStream) async throws -> Value
    ) async throws -> Value {
        try AgentRuntimeError.check(columns: columns, rows: rows)
        let id = "terminal-" + String(UInt64.random(in: .min ... .max), radix: 16)
        do {
            try await self.control.startTerminal(id: id, columns: columns, rows: rows)
            let stream = try await self.openTerminal(id: id)
            do {
                let value = try await body(stream)
                await stream.close()
                await self.deleteTerminal(id)
                return value
            } catch {
                await stream.close()
                throw error
            }
        } catch {
            // Also if the start has failed: the runtime may have done it.
            await self.deleteTerminal(id)
            throw error
        }
    }

    private func deleteTerminal(_ id: String) async {
        #if RED_CONTROLS
        if RedControl.isActive(.terminalNotDeleted) { return }
        #endif
        let (control, limit) = (self.control, self.driver.settings.configuration.closeTimeout)
        // A task of its own, because that of the caller may be cancelled. The call in it is a member of the barrier.
        await Task { try? await control.deleteTerminal(id: id, timeout: limit) }.value
    }
}

public import WorkspaceProtocol

// The default shell, and terminals.
extension RuntimeControl {
    /// Asks for the default shell: `GET /api/v1/shell/status`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The status, also if there is no shell.
    /// - Throws: See ``RuntimeControl``.
    public func shellStatus(timeout: Duration? = nil) async throws -> ShellStatus {
        try await self.caller.value(.get(AgentctlAPI.shellStatusPath), timeout: timeout)
    }

    /// Asks for the last output of the default shell: `GET /api/v1/shell/buffer`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: At most 16 KiB of output; see `ShellBuffer.data`.
    /// - Throws: See ``RuntimeControl``; `refused` with 503 if there is no shell.
    public func shellBuffer(timeout: Duration? = nil) async throws -> String {
        let buffer: ShellBuffer = try await self.caller.value(.get(AgentctlAPI.shellBufferPath), timeout: timeout)
        return buffer.data
    }

    /// Starts the default shell: `POST /api/v1/shell/start`.
    ///
    /// Idempotent: a shell that runs is a success.
    ///
    /// A workspace stream that was opened before the shell existed never has its output.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Throws: See ``RuntimeControl``.
    public func startShell(timeout: Duration? = nil) async throws {
        let request = try ControlRequest.post(AgentctlAPI.shellStartPath, isIdempotent: true)
        let _: ShellStartAnswer = try await self.caller.value(request, timeout: timeout)
    }

    /// Starts a terminal: `POST /api/v1/shell/terminal/start`.
    ///
    /// Idempotent: a terminal that exists is a success, and
    /// keeps its size.
    ///
    /// - Parameters:
    ///   - id: The id, chosen by you; not empty.
    ///   - columns: The width in characters; nil leaves it to the runtime.
    ///   - rows: The height in lines; nil leaves it to the runtime.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Throws: See ``RuntimeControl``.
    public func startTerminal(
        id: String,
        columns: Int? = nil,
        rows: Int? = nil,
        timeout: Duration? = nil
    ) async throws {
        try ControlRequest.check(id: id, "The id of a terminal")
        let request = try ControlRequest.post(
            AgentctlAPI.terminalStartPath,
            StartTerminalRequest(terminalID: id, columns: columns, rows: rows),
            isIdempotent: true
        )
        let _: TerminalAnswer = try await self.caller.value(request, timeout: timeout)
    }

    /// Asks for the last output of a terminal: `GET /api/v1/shell/terminal/:id/buffer`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - id: The id of the terminal.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: At most 16 KiB of output; nil if there is no such terminal.
    /// - Throws: See ``RuntimeControl``.
    public func terminalBuffer(id: String, timeout: Duration? = nil) async throws -> String? {
        try ControlRequest.check(id: id, "The id of a terminal")
        let request = ControlRequest.get(AgentctlAPI.terminalBufferPath(id))
        let buffer: ShellBuffer? = try await self.caller.valueIfAny(request, timeout: timeout)
        return buffer?.data
    }

    /// Ends a terminal: `DELETE /api/v1/shell/terminal/:id`.
    ///
    /// Idempotent: a terminal that does not exist is a success.
    ///
    /// The runtime leaves the streams of the terminal open; close them first.
    ///
    /// - Parameters:
    ///   - id: The id of the terminal.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Throws: See ``RuntimeControl``.
    public func deleteTerminal(id: String, timeout: Duration? = nil) async throws {
        try ControlRequest.check(id: id, "The id of a terminal")
        let _: TerminalAnswer = try await self.caller.value(.delete(AgentctlAPI.terminalPath(id)), timeout: timeout)
    }
}

public import WorkspaceProtocol

// Processes of the workspace.
extension RuntimeControl {
    /// Starts a process: `POST /api/v1/processes/start`.
    ///
    /// Not idempotent.
    ///
    /// The workspace stream may have its end before the answer comes. A process that can't be started is `refused` with
    /// 400, without an id; the stream then has `starting` and `failed` for an id that no answer names.
    ///
    /// - Parameters:
    ///   - request: The command, its session and its directory.
    ///   - timeout: The time limit; nil means 5 min.
    /// - Returns: The process.
    /// - Throws: See ``RuntimeControl``.
    public func startProcess(_ request: StartProcessRequest, timeout: Duration? = nil) async throws -> WorkspaceProcess
    {
        let call = try ControlRequest.post(
            AgentctlAPI.processStartPath,
            request,
            isIdempotent: false,
            timeout: ControlRequest.longTimeout
        )
        let answer: StartProcessAnswer = try await self.caller.value(call, timeout: timeout)
        return answer.process
    }

    /// Stops a process: `POST /api/v1/processes/stop`.
    ///
    /// Idempotent: an unknown id is a success.
    ///
    /// It sends SIGTERM, and SIGKILL 2 s later if the process still runs. The process ends as `failed` with -1.
    ///
    /// - Parameters:
    ///   - id: The id of the process.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Throws: See ``RuntimeControl``; `refused` with the status 200 if the runtime says that it did not do it.
    public func stopProcess(id: String, timeout: Duration? = nil) async throws {
        let request = try ControlRequest.post(
            AgentctlAPI.processStopPath,
            StopProcessRequest(processID: id),
            isIdempotent: true
        )
        _ = try await self.caller.action(request, timeout: timeout)
    }

    /// Lists the processes that run: `GET /api/v1/processes`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - sessionID: Only those of this session; nil means all.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The processes, without output, in no order.
    /// - Throws: See ``RuntimeControl``.
    public func processes(sessionID: String? = nil, timeout: Duration? = nil) async throws -> [WorkspaceProcess] {
        let query = AgentctlAPI.query(["session_id": sessionID])
        return try await self.caller.value(.get(AgentctlAPI.processesPath, query: query), timeout: timeout)
    }

    /// Asks for one process: `GET /api/v1/processes/:id`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - id: The id of the process.
    ///   - withOutput: Whether to include the ring of its last output, 2 MiB by default.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The process; nil if it does not exist, which is so after its end.
    /// - Throws: See ``RuntimeControl``.
    public func process(
        id: String,
        withOutput: Bool = false,
        timeout: Duration? = nil
    ) async throws -> WorkspaceProcess? {
        try ControlRequest.check(id: id, "The id of a process")
        let query = AgentctlAPI.query(["include_output": withOutput ? "true" : nil])
        return try await self.caller.valueIfAny(.get(AgentctlAPI.processPath(id), query: query), timeout: timeout)
    }
}

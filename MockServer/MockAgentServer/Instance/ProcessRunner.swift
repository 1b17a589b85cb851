import ConcurrencyPrimitives
import WorkspaceProtocol

/// Starts the scripted processes, and plays what they do on the workspace streams.
final class ProcessRunner: Sendable {
    /// A process that runs, and the task that plays it.
    private struct Running {
        var status: ProcessStatus
        /// Resolves when the process must end.
        let stop = Promise<Void>()
    }

    private let workspace: MockWorkspace
    private let work: WorkQueue
    private let clock: any Clock<Duration>
    private let scripts: @Sendable () -> [MockProcess]
    private let running = Locked<[String: Running]>([:])

    init(
        _ workspace: MockWorkspace,
        work: WorkQueue,
        clock: any Clock<Duration>,
        scripts: @escaping @Sendable () -> [MockProcess]
    ) {
        (self.workspace, self.work, self.clock, self.scripts) = (workspace, work, clock, scripts)
    }

    // MARK: Requests

    func start(_ body: [UInt8]) -> HTTPAnswer {
        guard let request = try? MockJSON(parsing: body), request.members != nil else {
            return .error(400, "invalid request body")
        }
        guard let session = request["session_id"]?.text, !session.isEmpty else {
            return .error(400, "session_id is required")
        }
        guard let command = request["command"]?.text, !command.isEmpty else {
            return .error(400, "command is required")
        }
        let status = ProcessStatus(
            sessionID: session,
            processID: UniqueID.next(),
            kind: ProcessKind(rawValue: request["kind"]?.text ?? ""),
            scriptName: request["script_name"]?.text,
            command: command,
            workingDirectory: request["working_dir"]?.text ?? "",
            status: .starting,
            timestamp: WallClock.timestamp
        )
        let limit = request["buffer_max_bytes"]?.integer ?? 0
        return self.start(status, limit: limit > 0 ? limit : nil)
    }

    private func start(_ status: ProcessStatus, limit: Int?) -> HTTPAnswer {
        let script = self.scripts().first { script in
            script.command == status.command
                && (script.workingDirectory ?? status.workingDirectory) == status.workingDirectory
        }
        self.workspace.processes.observe(status, limit: limit)
        self.post(status, .starting)
        if let error = script?.startError {
            self.post(status, .failed)
            return .error(400, error)
        }
        let process = Running(status: status)
        self.running.withLock { $0[status.processID] = process }
        self.post(status, .running)
        let answer = self.workspace.processes.json(of: status.processID) ?? [:]
        self.work.add { await self.play(process, script?.steps ?? []) }
        return .json(200, ["process": answer])
    }

    func stop(_ body: [UInt8]) -> HTTPAnswer {
        guard let request = try? MockJSON(parsing: body), request.members != nil else {
            return .json(400, ["success": false, "error": "invalid request body"])
        }
        guard let id = request["process_id"]?.text, !id.isEmpty else {
            return .json(400, ["success": false, "error": "process_id is required"])
        }
        self.end(id)
        return .json(200, ["success": true])
    }

    /// Ends all processes, as agentctl when its instance is deleted.
    func endAll() { for id in self.workspace.processes.ids { self.end(id) } }

    /// Ends a process as a signal does: `failed` with -1.
    private func end(_ id: String) {
        if let process = self.running.withLock({ $0.removeValue(forKey: id) }) {
            process.stop.resolve(())
            self.post(process.status, .failed, exitCode: -1)
        } else if let status = self.workspace.processes.status(of: id) {
            // A process of the scenario: nothing plays it.
            self.post(status, .failed, exitCode: -1)
        }
    }

    // MARK: Playing

    private func play(_ process: Running, _ steps: [MockProcess.Step]) async {
        let id = process.status.processID
        for step in steps {
            guard self.running.withLock({ $0[id] }) != nil else { return }
            switch step {
            case .output(let text): self.post(process.status, .standardOutput, text)
            case .errorOutput(let text): self.post(process.status, .standardError, text)
            case .wait(let duration): guard await self.wait(duration, for: process) else { return }
            case .exit(let code):
                guard self.running.withLock({ $0.removeValue(forKey: id) }) != nil else { return }
                return self.post(process.status, code == 0 ? .exited : .failed, exitCode: code)
            }
        }
    }

    /// - Returns: Whether the process still runs.
    private func wait(_ duration: Duration, for process: Running) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.clock.sleep(for: duration)) != nil }
            group.addTask {
                _ = try? await process.stop.waitUnlessCancelled()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func post(_ status: ProcessStatus, _ state: ProcessStatus.State, exitCode: Int? = nil) {
        var status = status
        (status.status, status.exitCode, status.timestamp) = (state, exitCode, WallClock.timestamp)
        self.workspace.post(WorkspaceEvent(.processStatus(status), timestamp: nil))
    }

    private func post(_ status: ProcessStatus, _ stream: ProcessOutput.Stream, _ text: String) {
        let output = ProcessOutput(
            sessionID: status.sessionID,
            processID: status.processID,
            kind: status.kind,
            stream: stream,
            data: text,
            timestamp: WallClock.uniqueTimestamp
        )
        self.workspace.post(WorkspaceEvent(.processOutput(output), timestamp: nil))
    }
}

/// Random ids in the form of a UUID of version 4.
enum UniqueID {
    static func next() -> String {
        var digits = (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }
        (digits[12], digits[16]) = ("4", "a")
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { digits[$0].joined() }.joined(separator: "-")
    }
}

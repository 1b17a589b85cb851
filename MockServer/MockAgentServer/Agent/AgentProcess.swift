import ConcurrencyPrimitives

/// The process of the agent: configured, started, stopped or crashed; and its session.
final class AgentProcess: Sendable {
    /// One start of the agent.
    struct Run: Sendable {
        let pid = ProcessNumbers.next()
        /// How many times it was asked to initialize.
        var initializations = 0
        /// The session, after it was made.
        var session: String?
        var standardError = ["fake agent started"]
    }

    private struct State {
        var command: String
        /// The current run; after its end, the last one.
        var run: Run?
        var exitCode = -1
        var isRunning = false
        /// Whether the whole instance was deleted.
        var isDeleted = false
    }

    private let state: Locked<State>

    init(command: String) { self.state = Locked(State(command: command)) }

    var command: String { self.state.withLock { $0.command } }
    var isRunning: Bool { self.state.withLock { $0.isRunning } }
    var isDeleted: Bool { self.state.withLock { $0.isDeleted } }
    /// The current run, or the last one; nil before the first start.
    var run: Run? { self.state.withLock { $0.run } }

    /// Changes the current run.
    @discardableResult
    func update<Value: Sendable>(_ change: (inout Run) -> Value) -> Value? {
        self.state.withLock { state in
            guard var run = state.run else { return nil }
            defer { state.run = run }
            return change(&run)
        }
    }

    func writeError(_ line: String) { self.update { $0.standardError.append(line) } }

    // MARK: Requests

    func configure(_ body: [UInt8]) -> HTTPAnswer {
        guard let request = try? MockJSON(parsing: body), request.members != nil else {
            return .json(400, ["success": false, "error": "invalid request body"])
        }
        guard let command = request["command"]?.text, !command.isEmpty else {
            return .json(400, ["success": false, "error": "command is required"])
        }
        self.state.withLock { $0.command = command }
        return .json(200, ["success": true, "message": "agent configured"])
    }

    func start() -> HTTPAnswer {
        let command = self.state.withLock { state -> String? in
            guard !state.isRunning else { return nil }
            if !state.command.isEmpty { (state.isRunning, state.exitCode, state.run) = (true, -1, Run()) }
            return state.command
        }
        guard let command else { return .json(500, ["success": false, "error": "agent is already running"]) }
        guard !command.isEmpty else {
            return .json(500, ["success": false, "error": "agent command not configured"])
        }
        return .json(200, ["success": true, "message": "agent started", "command": .string(command)])
    }

    func stop() -> HTTPAnswer {
        self.ended(exitCode: 0)
        return .json(200, ["success": true, "message": "agent stopped"])
    }

    /// The process has ended; nothing happens if it does not run.
    func ended(exitCode: Int) {
        self.state.withLock { state in
            guard state.isRunning else { return }
            (state.isRunning, state.exitCode) = (false, exitCode)
        }
    }

    /// The instance is deleted, and its agent with it.
    func delete() {
        self.ended(exitCode: 0)
        self.state.withLock { $0.isDeleted = true }
    }

    /// `GET /api/v1/status`.
    var status: HTTPAnswer {
        let (isRunning, exitCode, run) = self.state.withLock { ($0.isRunning, $0.exitCode, $0.run) }
        let status: MockJSON = isRunning ? "running" : "stopped"
        var process: MockJSON = ["exit_code": .integer(Int64(exitCode))]
        if exitCode > 0 { process = process.setting("exit_error", "exit status \(exitCode)") }
        process = process.setting("pid", run.map { .integer(Int64($0.pid)) }).setting("status", status)
        return .json(200, ["agent_status": status, "process_info": process])
    }
}

import ConcurrencyPrimitives

/// The instances of a control port, and the servers of the deleted ones.
final class InstanceRegistry: Sendable {
    /// One instance.
    struct Entry: Sendable {
        var id: String
        var server: MockServer
        var workspacePath: String
        var agentCommand: String
        var environment: MockJSON?
        let createdAt = WallClock.json

        /// The entry as agentctl shows it; the environment is in clear.
        var json: MockJSON {
            let json: MockJSON = [
                "id": .string(self.id), "port": .integer(Int64(self.server.port)), "status": "running",
                "workspace_path": .string(self.workspacePath), "agent_command": .string(self.agentCommand),
            ]
            return json.setting("env", self.environment).setting("created_at", self.createdAt)
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Ids whose servers are being started.
        var starting: Set<String> = []
        var deleted: [MockServer] = []
        var freePorts: [Int] = []
    }

    private let configuration: MockControlConfiguration
    private let state = Locked(State())

    init(_ configuration: MockControlConfiguration) { self.configuration = configuration }

    var all: [Entry] { self.state.withLock { $0.entries } }

    func entry(_ id: String) -> Entry? { self.state.withLock { state in state.entries.first { $0.id == id } } }

    /// Makes an instance.
    ///
    /// - Returns: The instance; nil if the id exists.
    /// - Throws: ``MockServerError``.
    func create(_ id: String, _ request: MockJSON) async throws -> Entry? {
        let port = self.state.withLock { state -> Int? in
            let exists = state.entries.contains { $0.id == id }
            guard !exists, state.starting.insert(id).inserted else { return nil }
            return self.configuration.reusesPorts ? state.freePorts.popLast() ?? 0 : 0
        }
        guard let port else { return nil }
        defer { self.state.withLock { _ = $0.starting.remove(id) } }
        let entry = try await self.start(id, request, port: port)
        self.state.withLock { $0.entries.append(entry) }
        return entry
    }

    private func start(_ id: String, _ request: MockJSON, port: Int) async throws -> Entry {
        var configuration = self.configuration.instance
        (configuration.instanceID, configuration.port) = (id, port)
        if self.configuration.nonce != nil { configuration.token = self.configuration.token }
        if let path = request["workspace_path"]?.text { configuration.workspacePath = path }
        if let command = request["agent_command"]?.text { configuration.agentCommand = command }
        if let session = request["session_id"]?.text { configuration.sessionID = session }
        if let task = request["task_id"]?.text { configuration.taskID = task }
        let server = try await MockServer.start(configuration)
        return Entry(
            id: id,
            server: server,
            workspacePath: configuration.workspacePath,
            agentCommand: configuration.agentCommand,
            environment: request["env"]
        )
    }

    /// - Returns: Whether there was such an instance.
    func delete(_ id: String) async -> Bool {
        let entry = self.state.withLock { state -> Entry? in
            guard let index = state.entries.firstIndex(where: { $0.id == id }) else { return nil }
            let entry = state.entries.remove(at: index)
            state.deleted.append(entry.server)
            return entry
        }
        guard let entry else { return false }
        await entry.server.leaveGhosts()
        self.state.withLock { $0.freePorts.append(entry.server.port) }
        return true
    }

    func stopAll() async {
        let servers = self.state.withLock { $0.entries.map(\.server) + $0.deleted }
        await withDiscardingTaskGroup { group in
            for server in servers { group.addTask { await server.stop() } }
        }
    }
}

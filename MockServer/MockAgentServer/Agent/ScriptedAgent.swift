import ConcurrencyPrimitives

/// The agent of one instance, and what its stream shows of it.
final class ScriptedAgent: Sendable {
    /// The ids of a manager, which some events carry.
    struct Identity: Sendable {
        var instance: String
        var task: String
        var session: String
        var port: Int
    }

    let process: AgentProcess
    let permissions = PermissionTable()
    let events: MockAgentEvents
    private let identity: Locked<Identity>
    private let currentScript: @Sendable () -> AgentScript
    private let requests = Locked<[String: Promise<MockJSON>]>([:])

    init(
        process: AgentProcess,
        style: FrameStyle,
        identity: Identity,
        script: @escaping @Sendable () -> AgentScript
    ) {
        (self.process, self.currentScript) = (process, script)
        self.events = MockAgentEvents(style: style)
        self.identity = Locked(identity)
    }

    var script: AgentScript { self.currentScript() }
    var ids: Identity { self.identity.withLock { $0 } }

    /// The port is known only after the server listens.
    func listens(on port: Int) { self.identity.withLock { $0.port = port } }

    // MARK: Events

    /// Sends an event with the members that each event has.
    func post(_ event: MockJSON) { self.events.post(self.complete(event)) }

    private func complete(_ event: MockJSON) -> MockJSON {
        var event = event
        if event["session_id"] == nil, let session = self.process.run?.session {
            event = event.setting("session_id", .string(session))
        }
        for name in ["image", "audio", "embedded_context", "prompt_queueing"] where event["supports_\(name)"] == nil {
            event = event.setting("supports_\(name)", false)
        }
        return event
    }

    /// Sends the end of a turn that failed: the error is a JSON text in a string, and there is no session.
    func postError(_ error: MockJSON, generation: MockJSON? = nil) {
        self.postError(text: String(decoding: error.bytes, as: UTF8.self), generation: generation)
    }

    /// Sends the end of a turn that failed, with an error that is only a text.
    func postError(text: String, generation: MockJSON? = nil, data: MockJSON? = nil) {
        let event: MockJSON = ["type": "error"]
        self.postWithoutSession(
            event.setting("prompt_generation", generation).setting("error", .string(text)).setting("data", data)
        )
    }

    /// Sends an event that belongs to no session.
    func postWithoutSession(_ event: MockJSON) {
        var event = event
        for name in ["image", "audio", "embedded_context", "prompt_queueing"] {
            event = event.setting("supports_\(name)", false)
        }
        self.events.post(event)
    }

    /// The agent's process has ended by itself.
    func crashed(exitCode: Int) {
        let lines = self.process.run?.standardError ?? []
        self.process.ended(exitCode: exitCode)
        self.postError(
            text: "Agent process exited with code \(exitCode): \(lines.joined(separator: "; "))",
            data: ["exit_code": .integer(Int64(exitCode)), "recent_stderr": .array(lines.map { .string($0) })]
        )
    }

    /// The capabilities, after `agent.initialize`.
    func postCapabilities() {
        self.events.post([
            "type": "agent_capabilities", "supports_image": true, "supports_audio": false,
            "supports_embedded_context": true, "supports_prompt_queueing": false,
            "auth_methods": [["id": "login", "name": "Log in", "description": "d"]],
        ])
    }

    // MARK: Permissions

    /// Sends a permission request.
    func ask(_ permission: MockAgentPermission) -> PermissionTable.Request {
        let request = PermissionTable.Request(permission, session: self.process.run?.session ?? "")
        self.permissions.add(request)
        self.post(request.event(managerSession: self.ids.session))
        return request
    }

    /// Says that a permission request is cancelled.
    func postCancellation(of request: PermissionTable.Request) {
        self.post(request.cancellation(managerSession: self.ids.session))
    }

    // MARK: Requests to the client

    /// Sends a request to the client.
    ///
    /// - Returns: Resolves with the whole answer.
    func request(_ action: String, _ payload: MockJSON) -> Promise<MockJSON> {
        let (id, answer) = (UniqueID.next(), Promise<MockJSON>())
        self.requests.withLock { $0[id] = answer }
        self.events.post([
            "id": .string(id), "type": "request", "action": .string(action), "payload": payload,
            "timestamp": WallClock.json,
        ])
        return answer
    }

    /// Takes an answer of the client; an unknown id is ignored.
    func received(answer: MockJSON, id: String) {
        guard let request = self.requests.withLock({ $0.removeValue(forKey: id) }) else { return }
        request.resolve(answer)
    }
}

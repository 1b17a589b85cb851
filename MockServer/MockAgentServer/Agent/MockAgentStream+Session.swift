/// New, loaded and reset sessions: the events that agentctl sends around their answers.
extension MockAgentStream {
    /// `agent.session.new`, `agent.session.load` and `agent.session.reset`.
    func openSession(_ call: AgentCall, _ reply: AgentReply) {
        let isLoad = call.action == "agent.session.load"
        let session = isLoad ? call.payload["session_id"]?.text ?? "" : "acp-1"
        guard !session.isEmpty else { return reply.fail("BAD_REQUEST", "session_id is required") }
        self.postAttachments(call.payload["mcp_servers"]?.elements ?? [])
        // After a second `agent.initialize`, agentctl never answers this either.
        guard (self.agent.process.run?.initializations ?? 0) <= 1 else { return self.postCommands("acp-1") }
        self.agent.process.update { $0.session = session }
        reply.succeed(["success": true, "session_id": .string(session)])
        if isLoad { return self.postStatus(session, "resumed") }
        self.postMode("code", withChoices: true)
        self.postStatus(session, "new")
        self.postCommands(session)
    }

    func postMode(_ mode: MockJSON, withChoices: Bool) {
        let event: MockJSON = ["type": "session_mode", "current_mode_id": mode]
        let choices: MockJSON = [
            ["id": "code", "name": "Code"], ["id": "ask", "name": "Ask", "description": "Only asks"],
        ]
        self.agent.post(event.setting("available_modes", withChoices ? choices : nil))
    }

    private func postStatus(_ session: String, _ status: MockJSON) {
        self.agent.post([
            "type": "session_status", "session_id": .string(session), "session_status": status,
            "data": ["init": true, "session_status": status],
        ])
    }

    private func postCommands(_ session: String) {
        self.agent.post([
            "type": "available_commands", "session_id": .string(session),
            "available_commands": [["name": "commit", "description": "Commits", "input_hint": "message"]],
        ])
    }

    // MARK: MCP servers

    /// One server that agentctl would attach to the agent.
    private struct Attachment {
        var name: MockJSON
        var source: MockJSON
        var transport: String
        var target: MockJSON
    }

    /// agentctl's own server in two forms, and those of the request; this agent supports none of them.
    private func postAttachments(_ servers: [MockJSON]) {
        let (ids, attempt) = (self.agent.ids, MockJSON.string(UniqueID.next()))
        let own = MockJSON.string("http://localhost:\(ids.port)")
        let attachments =
            ["http", "sse"].map { Attachment(name: "kandev", source: "kandev", transport: $0, target: own) }
            + servers.map { server in
                Attachment(
                    name: server["name"] ?? "",
                    source: "profile",
                    transport: server["type"]?.text ?? "stdio",
                    target: .string(Self.origin(server["url"]?.text ?? ""))
                )
            }
        self.post(
            "mcp_attachment_attempt",
            [
                "attachment_attempt_id": attempt, "task_id": .string(ids.task), "session_id": .string(ids.session),
                "execution_id": .string(ids.instance), "started_at": WallClock.json,
                "updated_at": "0001-01-01T00:00:00Z",
            ]
        )
        for kind in ["configured", "filtered"] {
            for attachment in attachments {
                let value: MockJSON = [
                    "attachment_attempt_id": attempt, "server_name": attachment.name, "kind": .string(kind),
                    "occurred_at": WallClock.json, "source": attachment.source,
                    "transport": .string(attachment.transport), "target": attachment.target,
                ]
                let reason: MockJSON? = kind == "filtered" ? "\(attachment.transport)_unsupported" : nil
                self.post("mcp_attachment", value.setting("reason_code", reason))
            }
        }
    }

    /// These events carry no session of their own.
    private func post(_ name: String, _ value: MockJSON) {
        let event: MockJSON = ["type": "mcp_attachment"]
        self.agent.postWithoutSession(event.setting(name, value))
    }

    /// The scheme and the authority of a URL.
    private static func origin(_ url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
}

import Foundation
import Testing
import WorkspaceProtocol

@Suite("What the captured messages of the agent stream mean") struct AgentMeaningTests {
    @Test("Pieces of an answer, thoughts and plans have their text")
    func texts() throws {
        guard case .messageChunk(let chunk) = try AgentCapture.event("message_chunk").content,
            case .reasoning(let reasoning) = try AgentCapture.event("reasoning").content,
            case .plan(let plan) = try AgentCapture.event("plan").content
        else { throw AgentCapture.MissingCapture(type: "texts") }
        #expect(chunk.text == "Hello ")
        #expect(reasoning.text == "Thinking ü")
        #expect(plan.entries.map(\.text) == ["Step one", "Step two"])
        #expect(plan.entries.map(\.priority) == ["high", "low"])
    }

    @Test("A tool call and its update have the parts that agentctl knows, and the others as JSON")
    func tools() throws {
        let call = try AgentCapture.event("tool_call")
        guard case .toolCall(let tool) = call.content else { throw AgentCapture.MissingCapture(type: "tool_call") }
        #expect(call.sessionID == "acp-1")
        #expect((tool.toolCallID, tool.name, tool.title) == ("tc1", "execute", "Run npm test"))
        #expect(tool.status == .pending)
        #expect(tool.normalized?["shell_exec"]?["command"]?.string == "npm test")
        guard case .toolUpdate(let update) = try AgentCapture.event("tool_update").content else {
            throw AgentCapture.MissingCapture(type: "tool_update")
        }
        #expect(update.status == .complete)
        #expect(update.normalized?["shell_exec"]?["output"]?["stdout"]?.string == "ok\n")
        #expect(update.contents.map(\.type) == ["content", "diff"])
        #expect(update.contents.first?.content?.text == "ok\n")
        #expect((update.contents.last?.oldText, update.contents.last?.newText) == ("a\n", "b\n"))
    }

    @Test("The end of a turn has its prompt, its reason and its tokens")
    func completion() throws {
        let event = try AgentCapture.event("complete")
        guard case .complete(let completion) = event.content else {
            throw AgentCapture.MissingCapture(type: "complete")
        }
        #expect((event.promptGeneration, event.stopReason) == (4, .endTurn))
        #expect(completion.usage?.outputTokens == 20)
        #expect(completion.usage?.hasOutputTokens == true)
        let cancelled = try AgentCapture.event("complete") { $0.text.contains("cancelled") }
        #expect(cancelled.stopReason == .cancelled)
    }

    @Test("An error whose text is JSON in a string is read; a crash names its exit code and the last lines")
    func failures() throws {
        let event = try AgentCapture.event("error")
        guard case .error(let failure) = event.content else { throw AgentCapture.MissingCapture(type: "error") }
        #expect((failure.code, failure.message) == (-32_000, "model overloaded"))
        #expect(failure.json?["data"]?["retry"]?.bool == true)
        #expect(event.promptGeneration == 5)
        let crash = try AgentCapture.event("error") { $0.text.contains("exit_code") }
        guard case .error(let exit) = crash.content else { throw AgentCapture.MissingCapture(type: "error") }
        #expect((crash.exitCode, exit.code, crash.promptGeneration) == (9, nil, nil))
        #expect(exit.message.hasPrefix("Agent process exited with code 9"))
        #expect(crash.recentStandardError.last == "prompt crash")
    }

    @Test("A permission request has its options; the list of pending ones has the same")
    func permissions() throws {
        guard case .permissionRequest(let request) = try AgentCapture.event("permission_request").content else {
            throw AgentCapture.MissingCapture(type: "permission_request")
        }
        #expect(request.options.map(\.kind) == [.allowOnce, .allowAlways, .rejectOnce])
        #expect(request.actionType == "command")
        #expect(request.actionDetails?["raw_input"]?["command"]?.string == "npm test")
        let list = try Self.answer(AgentPermissionList.self, "agent.permissions.list") {
            $0.text.contains("pending_id")
        }
        let pending = try #require(list.permissions.first)
        #expect((list.total, pending.requestID, pending.pendingID) == (1, request.requestID, request.pendingID))
        #expect(pending.options == request.options)
        #expect(pending.action?["command"]?.string == "npm test")
        #expect(pending.createdAt.instant != nil)
    }

    @Test("Modes, commands, capabilities, session status and MCP servers have their parts")
    func session() throws {
        guard case .sessionMode(let modes) = try AgentCapture.event("session_mode").content,
            case .availableCommands(let commands) = try AgentCapture.event("available_commands").content,
            case .agentCapabilities(let agent) = try AgentCapture.event("agent_capabilities").content,
            case .sessionStatus(let status) = try AgentCapture.event("session_status").content,
            case .mcpAttachment(let first) = try AgentCapture.event("mcp_attachment").content,
            case .mcpAttachment(let second) = try AgentCapture.event(
                "mcp_attachment",
                where: {
                    $0.text.contains("reason_code")
                }
            ).content
        else { throw AgentCapture.MissingCapture(type: "session") }
        #expect((modes.currentModeID, modes.modes.map(\.id)) == ("code", ["code", "ask"]))
        #expect(commands.commands.map(\.inputHint) == ["message"])
        #expect((agent.supportsImages, agent.supportsAudio, agent.supportsEmbeddedContext) == (true, false, true))
        #expect(agent.authMethods.map(\.id) == ["login"])
        #expect(status.status == .new)
        #expect((first.attempt?.executionID, first.evidence == nil) == ("exec-A", true))
        #expect(second.evidence?.reasonCode == "http_unsupported")
    }

    @Test("The answers say what was done")
    func answers() throws {
        let initialize = try Self.answer(AgentInitializeAnswer.self, "agent.initialize")
        #expect(
            (initialize.isSuccessful, initialize.agent?.name, initialize.agent?.version) == (true, "fake-agent", "0.9")
        )
        #expect(initialize.payload["agent_info"]?["name"]?.string == "fake-agent")
        let session = try Self.answer(AgentSessionAnswer.self, "agent.session.new")
        #expect((session.isSuccessful, session.sessionID) == (true, "acp-1"))
        #expect(try Self.answer(AgentSuccessAnswer.self, "agent.prompt").isSuccessful)
        #expect(try Self.answer(AgentCancelAnswer.self, "agent.cancel").isSuccessful)
        let lines = try Self.answer(AgentStandardError.self, "agent.stderr") { $0.text.contains("fake agent") }.lines
        #expect(lines.first == "fake agent started")
        let resolution = try Self.answer(AgentPermissionResolution.self, "agent.permissions.resolve")
        #expect((resolution.optionID, resolution.optionKind, resolution.status) == ("allow", "allow_once", "resolved"))
        let cancelled = try Self.answer(AgentPermissionResolution.self, "agent.permissions.cancel")
        #expect((cancelled.optionID, cancelled.status) == (nil, "cancelled"))
    }

    @Test(
        "The errors of permission requests have their own codes",
        arguments: [
            ("option_not_offered", AgentPermissionCode.optionNotOffered), ("stale", .stale),
            ("already_resolved", .alreadyResolved),
        ]
    )
    func permissionErrors(text: String, code: AgentPermissionCode) throws {
        let found = AgentCapture.received.filter { $0["type"] == "error" && $0.text.contains("\"permission_\(text)\"") }
        let capture = try #require(found.first)
        guard case .errorResponse(let response) = AgentStreamDecoder().decode(capture.bytes) else {
            throw AgentCapture.MissingCapture(type: text)
        }
        #expect(response.error.permissionCode == code)
    }

    private static func answer<Answer: AgentAnswer>(
        _: Answer.Type,
        _ action: String,
        where condition: (AgentCapture) -> Bool = { _ in true }
    ) throws -> Answer {
        let found = AgentCapture.received.first {
            $0["type"] == "response" && $0["action"] == action && condition($0)
        }
        guard let found, case .response(let response) = AgentStreamDecoder().decode(found.bytes) else {
            throw AgentCapture.MissingCapture(type: action)
        }
        return try Answer(payload: response.payload)
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Turns of an agent", .timeLimit(.minutes(1))) struct AgentTurnTests {
    /// Sends a prompt, delivers `before` and the answer in one read, and returns the turn.
    private static func prompt(_ fixture: AgentFixture, before: [String] = []) async throws -> AgentTurn {
        let count = fixture.connection.sent.count
        let stream = fixture.stream
        let call = Task { try await stream.prompt("p") }
        let request = try await fixture.connection.sent(count)
        fixture.connection.deliver(before + [ScriptedConnection.answer(request)])
        return try await call.value
    }

    private static func short(_ turn: AgentTurn) async throws -> [String] {
        var texts: [String] = []
        for try await event in turn.events { texts.append(event.short) }
        return texts
    }

    @Test("A turn has the events until its end, also one that came before the prompt's answer")
    func events() async throws {
        let fixture = try await AgentFixture()
        let turn = try await Self.prompt(fixture, before: [ScriptedConnection.chunk("early")])
        let request = try await fixture.connection.sent(0)
        #expect(request.payload["text"]?.string == "p")
        #expect(request.payload["prompt_generation"]?.integer == turn.generation)
        #expect(turn.end == nil)
        fixture.connection.deliver(
            ScriptedConnection.chunk("a"),
            ScriptedConnection.complete(turn.generation - 1),
            ScriptedConnection.complete(turn.generation),
            ScriptedConnection.chunk("next")
        )
        #expect(try await Self.short(turn) == ["early", "a", "complete", "complete"])
        guard case .completed(let event) = turn.end else {
            Issue.record("\(String(describing: turn.end))")
            return
        }
        #expect(event.stopReason == .endTurn)
        #expect(try await Self.short(turn).isEmpty)
        #expect(try await fixture.stream.events.take(1).map(\.short) == ["next"])
        await fixture.client.close()
    }

    @Test("Numbers of prompts grow, also on the next stream of the client")
    func generations() async throws {
        let fixture = try await AgentFixture()
        let first = try await Self.prompt(fixture)
        let second = try await Self.prompt(fixture)
        #expect(second.generation > first.generation)
        await fixture.stream.close()
        let (stream, connection) = try await fixture.base.openAgent()
        let call = Task { try await stream.prompt("p") }
        connection.answer(try await connection.sent(0))
        #expect(try await call.value.generation > second.generation)
        await fixture.client.close()
    }

    @Test("A crash ends the turn with its first error; the second one is the next event of the stream")
    func crash() async throws {
        let fixture = try await AgentFixture()
        let turn = try await Self.prompt(fixture)
        fixture.connection.deliver(
            ScriptedConnection.failure(turn.generation),
            ScriptedConnection.failure(nil, exitCode: 9)
        )
        #expect(try await Self.short(turn) == ["error"])
        guard case .failed(let event) = turn.end, case .error(let failure) = event.content else {
            Issue.record("\(String(describing: turn.end))")
            return
        }
        #expect((failure.code, failure.message) == (-32_603, "Internal error"))
        #expect(try await fixture.stream.events.take(1).first?.exitCode == 9)
        await fixture.client.close()
    }

    @Test("An error without a number ends the turn if it came after the prompt, not if it waited before it")
    func errorWithoutNumber() async throws {
        let fixture = try await AgentFixture()
        fixture.connection.deliver(ScriptedConnection.failure(nil))
        try await eventually("the old error waits") { fixture.stream.core.events.receivedCount == 1 }
        let turn = try await Self.prompt(fixture)
        fixture.connection.deliver(ScriptedConnection.chunk("a"), ScriptedConnection.failure(nil))
        #expect(try await Self.short(turn) == ["error", "a", "error"])
        await fixture.client.close()
    }

    @Test("If the stream ends first, the events of the turn end or throw, and its end stays unknown")
    func streamEnds() async throws {
        let fixture = try await AgentFixture()
        let turn = try await Self.prompt(fixture)
        fixture.connection.deliver(ScriptedConnection.chunk("a"))
        let reading = Task { try await Self.short(turn) }
        try await eventually("the reader waits") { fixture.stream.core.events.mailbox.isAwaited }
        fixture.connection.end(cause: .failed(WebSocketError(.connectionLost, "lost")))
        let error = await #expect(throws: AgentRuntimeError.self) { try await reading.value }
        #expect(error?.code == .connectionLost)
        #expect(turn.end == nil)
        await fixture.client.close()
    }

    @Test("A cancel ends acknowledged, or not acknowledged by the answer or by its time limit")
    func cancel() async throws {
        let fixture = try await AgentFixture()
        let turn = try await Self.prompt(fixture)
        let connection = fixture.connection
        let first = Task { try await turn.cancel() }
        connection.answer(try await connection.sent(1))
        #expect(try await first.value == .acknowledged)
        let second = Task { try await turn.cancel() }
        connection.answer(try await connection.sent(2), #"{"success":false,"error":"slow","not_acknowledged":true}"#)
        #expect(try await second.value == .notAcknowledged("slow"))
        let third = Task { try await turn.cancel() }
        _ = try await connection.sent(3)
        fixture.timers.fire(after: .seconds(30))
        guard case .notAcknowledged = try await third.value else {
            Issue.record("acknowledged without an answer")
            return
        }
        let fourth = Task { try await agentFailure { try await turn.cancel() } }
        _ = try await connection.sent(4)
        connection.end(cause: .failed(WebSocketError(.connectionLost, "lost")))
        #expect(try await fourth.value.code == .deliveryUnknown)
        await fixture.client.close()
    }
}

@Suite("Permission requests of an agent", .timeLimit(.minutes(1))) struct AgentPermissionTests {
    private static func permission(_ fixture: AgentFixture) async throws -> AgentPermission {
        fixture.connection.deliver(ScriptedConnection.permission("r"))
        let event = try #require(try await fixture.stream.events.take(1).first)
        return try #require(fixture.stream.permission(event))
    }

    @Test("An answer is sent once: a second one is refused here, while it is under way and afterwards")
    func answersOnce() async throws {
        let fixture = try await AgentFixture()
        let permission = try await Self.permission(fixture)
        let call = Task { try await permission.respond(option: permission.request.options[0]) }
        let request = try await fixture.connection.sent(0)
        #expect(request.action == "agent.permissions.resolve")
        #expect(request.payload.text == #"{"request_id":"r","pending_id":"p-r","option_id":"allow"}"#)
        #expect(try await agentFailure { try await permission.cancel() }.code == .permissionAlreadyAnswered)
        fixture.connection.answer(request, #"{"request_id":"r","status":"resolved"}"#)
        #expect(try await call.value.status == "resolved")
        let second = try await agentFailure { try await permission.respond(option: "allow") }
        #expect((second.code, second.requestCertainty) == (.permissionAlreadyAnswered, .notSent))
        #expect(fixture.connection.sent.count == 1)
        await fixture.client.close()
    }

    @Test("An answer that was not offered is refused here, and nothing is sent")
    func notOffered() async throws {
        let fixture = try await AgentFixture()
        let permission = try await Self.permission(fixture)
        let error = try await agentFailure { try await permission.respond(option: "other") }
        #expect((error.code, error.requestCertainty) == (.permissionOptionNotOffered, .notSent))
        #expect(fixture.connection.sent.isEmpty)
        await fixture.client.close()
    }

    @Test(
        "Each refusal of the server has its code; only a request that was answered is done",
        arguments: [
            ("permission_stale", AgentRuntimeError.Code.permissionStale, false),
            ("permission_already_resolved", .permissionAlreadyAnswered, true),
            ("permission_option_not_offered", .permissionOptionNotOffered, false),
            ("permission_not_found", .permissionNotFound, false),
            ("permission_delivery_failed", .requestRefused, false),
        ]
    )
    func refusals(text: String, code: AgentRuntimeError.Code, isDone: Bool) async throws {
        let fixture = try await AgentFixture()
        let permission = try await Self.permission(fixture)
        let call = Task { try await agentFailure { try await permission.respond(option: "allow") } }
        fixture.connection.refuse(try await fixture.connection.sent(0), "CONFLICT", permission: text)
        let error = try await call.value
        #expect((error.code, error.requestCertainty) == (code, .refused))
        #expect(error.serverError?.permissionCode?.rawValue == text)
        let second = Task { try await agentFailure { try await permission.respond(option: "allow") } }
        if isDone {
            #expect(try await second.value.requestCertainty == .notSent)
        } else {
            fixture.connection.refuse(try await fixture.connection.sent(1), "CONFLICT", permission: text)
            #expect(try await second.value.code == code)
        }
        await fixture.client.close()
    }

    @Test("After an unknown outcome one may answer again")
    func unknownOutcome() async throws {
        let fixture = try await AgentFixture()
        let permission = try await Self.permission(fixture)
        let first = Task { try await agentFailure { try await permission.cancel(timeout: .seconds(7)) } }
        #expect(try await fixture.connection.sent(0).action == "agent.permissions.cancel")
        fixture.timers.fire(after: .seconds(7))
        #expect(try await first.value.code == .deliveryUnknown)
        let second = Task { try await permission.cancel() }
        fixture.connection.answer(try await fixture.connection.sent(1), #"{"status":"cancelled"}"#)
        #expect(try await second.value.status == "cancelled")
        await fixture.client.close()
    }

    @Test("The list finds permission requests that survived a disconnect, and they can be answered")
    func list() async throws {
        let fixture = try await AgentFixture()
        let connection = fixture.connection
        let call = Task { try await fixture.stream.listPermissions() }
        let request = try await connection.sent(0)
        #expect(request.action == "agent.permissions.list")
        let pending =
            #"{"request_id":"r","pending_id":"p","tool_call_id":"t","title":"T","action":{"type":"command","command":"ls"},"options":[{"option_id":"no","name":"No","kind":"reject_once"}],"created_at":"2026-01-01T00:00:00Z","status":"pending"}"#
        connection.answer(request, #"{"permissions":[\#(pending)],"total":1}"#)
        let permission = try #require(try await call.value.first)
        #expect((permission.request.title, permission.request.actionType) == ("T", "command"))
        let answer = Task { try await permission.respond(option: "no") }
        connection.answer(try await connection.sent(1), #"{"status":"resolved"}"#)
        _ = try await answer.value
        await fixture.client.close()
    }
}

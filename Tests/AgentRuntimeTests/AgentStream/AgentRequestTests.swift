import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Requests on an agent stream", .timeLimit(.minutes(1))) struct AgentRequestTests {
    @Test("Each answer goes to its request, in any order, and is not an event")
    func outOfOrder() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        #expect(fixture.base.transport.dials.first?.target.path == AgentctlAPI.agentStreamPath)
        async let lines = stream.standardError()
        let first = try await connection.sent(0)
        async let session = stream.newSession(directory: "/w")
        let second = try await connection.sent(1)
        #expect((first.action, second.action) == ("agent.stderr", "agent.session.new"))
        #expect((first.type, second.payload["cwd"]?.string) == ("request", "/w"))
        #expect(first.id != second.id)
        connection.answer(second, #"{"success":true,"session_id":"s1"}"#)
        #expect(try await session.sessionID == "s1")
        connection.answer(first, #"{"lines":["a","b"]}"#)
        #expect(try await lines == ["a", "b"])
        connection.deliver(ScriptedConnection.chunk("x"))
        #expect(try await stream.events.take(1).map(\.short) == ["x"])
        #expect(stream.lateAnswers == 0)
        await fixture.client.close()
    }

    @Test("Answers that come twice, too late or to nobody are counted, and never become events")
    func lateAnswers() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let call = Task { try await stream.standardError() }
        let request = try await connection.sent(0)
        connection.answer(request, #"{"lines":[]}"#)
        _ = try await call.value
        connection.answer(request, #"{"lines":[]}"#)
        let late = Task { try await agentFailure { try await stream.standardError() } }
        let second = try await connection.sent(1)
        fixture.timers.fire(after: .seconds(60))
        #expect(try await late.value.code == .deliveryUnknown)
        connection.answer(second)
        connection.answer(SentMessage(json: try RawJSON(#"{"id":"other-1","action":"a"}"#)))
        connection.deliver(ScriptedConnection.chunk("x"))
        #expect(try await stream.events.take(1).map(\.short) == ["x"])
        #expect(stream.lateAnswers == 3)
        await fixture.client.close()
    }

    @Test("A lost stream fails its own requests as unknown, and no request of another stream")
    func loss() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let (other, otherConnection) = try await ClientFixture().openAgent()
        let lost = Task { try await agentFailure { try await stream.prompt("x") } }
        _ = try await connection.sent(0)
        let kept = Task { try await other.standardError() }
        let request = try await otherConnection.sent(0)
        connection.end(cause: .failed(WebSocketError(.connectionLost, "lost")))
        let error = try await lost.value
        #expect((error.code, error.requestCertainty) == (.deliveryUnknown, .unknown))
        #expect(error.retry == .never)
        otherConnection.answer(request, #"{"lines":["a"]}"#)
        #expect(try await kept.value == ["a"])
        let refused = try await agentFailure { try await stream.standardError() }
        #expect((refused.code, refused.requestCertainty) == (.streamClosed, .notSent))
        await other.close()
        await fixture.client.close()
    }

    @Test("A request that the writer did not send is not sent; one whose bytes may have left is unknown")
    func certainty() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        connection.holdQueue()
        let first = Task { try await agentFailure { try await stream.prompt("1") } }
        try await eventually("the writer waits") { connection.isQueueHeld }
        let second = Task { try await agentFailure { try await stream.prompt("2") } }
        try await eventually("the second is queued") { stream.core.commands.queuedCount == 1 }
        connection.failSends()
        connection.releaseQueue()
        for task in [first, second] {
            let error = try await task.value
            #expect((error.code, error.requestCertainty) == (.streamClosed, .notSent))
        }
        await fixture.client.close()

        let written = try await AgentFixture()
        written.connection.holdWrites()
        let third = Task { try await agentFailure { try await written.stream.prompt("3") } }
        _ = try await written.connection.sent(0)
        written.connection.end(cause: .failed(WebSocketError(.connectionLost, "lost")))
        let error = try await third.value
        #expect((error.code, error.requestCertainty) == (.deliveryUnknown, .unknown))
        #expect(written.connection.sent.count == 1)
        await written.client.close()
    }

    @Test("At its time limit a queued request is withdrawn and not sent; a sent one is unknown")
    func deadlines() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let sent = Task { try await agentFailure { try await stream.setMode("m", sessionID: "s") } }
        _ = try await connection.sent(0)
        fixture.timers.fire(after: .seconds(60))
        #expect(try await sent.value.code == .deliveryUnknown)
        connection.holdQueue()
        let first = Task { try await agentFailure { try await stream.standardError() } }
        try await eventually("the writer waits") { connection.isQueueHeld }
        let queued = Task { try await agentFailure { try await stream.standardError(timeout: .seconds(7)) } }
        try await eventually("it is queued") { stream.core.commands.queuedCount == 2 }
        fixture.timers.fire(after: .seconds(7))
        let error = try await queued.value
        #expect((error.code, error.requestCertainty) == (.timedOut, .notSent))
        #expect(stream.core.commands.queuedCount == 1)
        // The writer waits for room, and has taken nothing.
        fixture.timers.fire(after: .seconds(60))
        #expect(try await first.value.requestCertainty == .notSent)
        connection.releaseQueue()
        await fixture.client.close()
        #expect(connection.sent.count == 1)
        #expect(fixture.timers.delays.isEmpty)
    }

    @Test("A caller that is cancelled leaves at once; its queued request is not sent, and its answer is late")
    func cancellation() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let sent = Task { try await stream.standardError() }
        let request = try await connection.sent(0)
        sent.cancel()
        await #expect(throws: CancellationError.self) { try await sent.value }
        connection.holdQueue()
        let taken = Task { try await stream.standardError() }
        try await eventually("the writer waits") { connection.isQueueHeld }
        let queued = Task { try await stream.standardError() }
        try await eventually("it is queued") { stream.core.commands.queuedCount == 2 }
        queued.cancel()
        await #expect(throws: CancellationError.self) { try await queued.value }
        #expect(stream.core.commands.queuedCount == 1)
        connection.releaseQueue()
        connection.answer(try await connection.sent(1), #"{"lines":["l"]}"#)
        #expect(try await taken.value == ["l"])
        connection.answer(request)
        try await eventually("the late answer is counted") { stream.lateAnswers == 1 }
        await fixture.client.close()
        #expect(connection.sent.count == 2)
    }

    @Test("If all places are taken, callers wait in their order, within their time limit")
    func fullTable() async throws {
        let fixture = try await AgentFixture { $0.maximumPendingRequests = 1 }
        let (stream, connection) = (fixture.stream, fixture.connection)
        let first = Task { try await stream.standardError() }
        let request = try await connection.sent(0)
        let second = Task { try await stream.setMode("second", sessionID: "s") }
        try await eventually("the second waits") { fixture.timers.delays.count == 2 }
        let third = Task { try await agentFailure { try await stream.standardError(timeout: .seconds(7)) } }
        try await eventually("the third waits") { fixture.timers.delays.count == 3 }
        let fourth = Task { try await stream.setModel("fourth", sessionID: "s") }
        try await eventually("the fourth waits") { fixture.timers.delays.count == 4 }
        fixture.timers.fire(after: .seconds(7))
        let error = try await third.value
        #expect((error.code, error.requestCertainty) == (.timedOut, .notSent))
        try #require(connection.sent.count == 1)
        connection.answer(request, #"{"lines":[]}"#)
        _ = try await first.value
        let next = try await connection.sent(1)
        #expect(next.payload["mode_id"]?.string == "second")
        connection.answer(next)
        try await second.value
        let last = try await connection.sent(2)
        #expect(last.payload["model_id"]?.string == "fourth")
        connection.answer(last)
        try await fourth.value
        await fixture.client.close()
    }

    @Test("Closing the stream fails the requests that wait, and leaves nothing")
    func close() async throws {
        let fixture = try await AgentFixture { $0.maximumPendingRequests = 1 }
        let (stream, connection) = (fixture.stream, fixture.connection)
        let sent = Task { try await agentFailure { try await stream.prompt("x") } }
        _ = try await connection.sent(0)
        let waiting = Task { try await agentFailure { try await stream.prompt("y") } }
        try await eventually("the second waits") { fixture.timers.delays.count == 2 }
        #expect(await stream.close().value == .closed)
        #expect(try await sent.value.requestCertainty == .unknown)
        #expect(try await waiting.value.requestCertainty == .notSent)
        #expect(connection.sent.count == 1)
        #expect(fixture.client.tasks.isEmpty)
        #expect(try await stream.events.take(1).isEmpty)
        let again = try await fixture.base.openAgent()
        await again.stream.close()
        await fixture.client.close()
    }

    @Test("An error of the server and an answer without success are refusals with the server's text")
    func refusals() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let refused = Task { try await agentFailure { try await stream.prompt("x") } }
        connection.refuse(try await connection.sent(0), "BAD_REQUEST")
        let error = try await refused.value
        #expect((error.code, error.requestCertainty) == (.requestRefused, .refused))
        #expect(error.serverError?.code == .badRequest)
        let failed = Task { try await agentFailure { try await stream.newSession(directory: "/") } }
        connection.answer(try await connection.sent(1), #"{"success":false,"error":"no \u001b[1mroom"}"#)
        let second = try await failed.value
        #expect(second.code == .requestRefused)
        #expect(second.message.contains(#"no \e[1mroom"#))
        let invalid = Task { try await agentFailure { try await stream.prompt("x") } }
        connection.answer(try await connection.sent(2), #"{"success":"yes"}"#)
        let third = try await invalid.value
        #expect((third.code, third.requestCertainty) == (.invalidAnswer, .unknown))
        await fixture.client.close()
    }

    @Test("A client sends initialize once, until the agent has ended or the server has refused it")
    func initialize() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let refused = Task {
            try await agentFailure { try await stream.initialize(clientName: "n", clientVersion: "1") }
        }
        connection.refuse(try await connection.sent(0), "INTERNAL_ERROR")
        #expect(try await refused.value.code == .requestRefused)
        let done = Task { try await stream.initialize(clientName: "n", clientVersion: "1") }
        let request = try await connection.sent(1)
        #expect(fixture.timers.delays == [.seconds(180)])
        connection.answer(request, #"{"success":true,"agent_info":{"name":"a","version":"2"}}"#)
        #expect(try await done.value.agent?.version == "2")
        let second = try await agentFailure { try await stream.initialize(clientName: "n", clientVersion: "1") }
        #expect((second.code, second.requestCertainty) == (.alreadyInitialized, .notSent))
        await stream.close()
        let (again, againConnection) = try await fixture.base.openAgent()
        #expect(
            try await agentFailure { try await again.initialize(clientName: "", clientVersion: "") }.code
                == .alreadyInitialized
        )
        #expect(againConnection.sent.isEmpty)
        let restarted = Task { try await again.initialize(clientName: "n", clientVersion: "1", isNewAgent: true) }
        againConnection.answer(try await againConnection.sent(0))
        _ = try await restarted.value
        againConnection.deliver(ScriptedConnection.failure(nil, exitCode: 9))
        _ = try await again.events.take(1)
        let afterCrash = Task { try await again.initialize(clientName: "n", clientVersion: "1") }
        againConnection.answer(try await againConnection.sent(1))
        _ = try await afterCrash.value
        await fixture.client.close()
    }

    @Test("If initialize was sent and not answered, a second one is not sent")
    func initializeUnknown() async throws {
        let fixture = try await AgentFixture()
        let (stream, connection) = (fixture.stream, fixture.connection)
        let call = Task { try await agentFailure { try await stream.initialize(clientName: "n", clientVersion: "1") } }
        _ = try await connection.sent(0)
        fixture.timers.fire(after: .seconds(180))
        #expect(try await call.value.requestCertainty == .unknown)
        let second = try await agentFailure { try await stream.initialize(clientName: "n", clientVersion: "1") }
        #expect(second.code == .alreadyInitialized)
        await fixture.client.close()
    }
}

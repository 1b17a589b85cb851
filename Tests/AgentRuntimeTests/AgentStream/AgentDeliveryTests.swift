import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Events, and answers behind them", .timeLimit(.minutes(1))) struct AgentDeliveryTests {
    @Test("A consumer that awaits a request inside its loop gets the answer, though 10,000 events come before it")
    func requestInTheLoop() async throws {
        let fixture = try await AgentFixture(runtime: { $0.maximumQueuedEvents = 16 })
        let (stream, connection) = (fixture.stream, fixture.connection)
        async let peer: Void = {
            let request = try await connection.sent(0)
            for batch in 0..<100 {
                connection.deliver((0..<100).map { ScriptedConnection.chunk("\(batch * 100 + $0)") })
            }
            let resolution = #"{"request_id":"r","pending_id":"p-r","option_id":"allow","status":"resolved"}"#
            connection.deliver([ScriptedConnection.answer(request, resolution), ScriptedConnection.complete(nil)])
        }()
        connection.deliver(ScriptedConnection.permission("r"))
        var texts: [String] = []
        for try await event in stream.events {
            if let permission = stream.permission(event) {
                #expect(try await permission.respond(option: "allow").status == "resolved")
            } else if case .complete = event.content {
                break
            } else {
                texts.append(event.short)
            }
        }
        try await peer
        #expect(texts == (0..<10_000).map(String.init))
        await fixture.client.close()
    }

    @Test("Without a request, reading stops at the bound; a request that begins lets the reader go on")
    func readerGoesOn() async throws {
        let fixture = try await AgentFixture(runtime: { $0.maximumQueuedEvents = 4 })
        let (stream, connection) = (fixture.stream, fixture.connection)
        for batch in 0..<10 { connection.deliver((0..<4).map { ScriptedConnection.chunk("\(batch)-\($0)") }) }
        try await eventually("the reader waits") {
            stream.core.reading.report(.reader, in: stream.core.id.slot).activity == .waitingForRoom
        }
        #expect(connection.inbound.queued.elements == 36)
        let call = Task { try await stream.standardError() }
        let request = try await connection.sent(0)
        try await eventually("everything is read") { connection.inbound.queued.elements == 0 }
        connection.answer(request, #"{"lines":["l"]}"#)
        #expect(try await call.value == ["l"])
        // Now the bound holds again.
        connection.deliver(ScriptedConnection.chunk("x"))
        connection.deliver(ScriptedConnection.chunk("y"))
        try await eventually("the reader waits again") {
            stream.core.reading.report(.reader, in: stream.core.id.slot).activity == .waitingForRoom
        }
        let texts = try await stream.events.take(42).map(\.short)
        #expect((texts.first, texts.last, texts.count) == ("0-0", "y", 42))
        await fixture.client.close()
    }

    @Test("At the limit for held bytes the requests fail, the stream stays, and the events can be taken")
    func heldBack() async throws {
        let fixture = try await AgentFixture(
            { $0.maximumHeldBytes = 3000 },
            runtime: { $0.maximumQueuedEvents = 4 }
        )
        let (stream, connection) = (fixture.stream, fixture.connection)
        let call = Task { try await agentFailure { try await stream.prompt("x") } }
        let request = try await connection.sent(0)
        for batch in 0..<20 { connection.deliver((0..<4).map { ScriptedConnection.chunk("\(batch)-\($0)") }) }
        try await eventually("the reader waits") {
            stream.core.reading.report(.reader, in: stream.core.id.slot).activity == .waitingForRoom
        }
        let error = try await call.value
        #expect((error.code, error.requestCertainty) == (.answerHeldBack, .unknown))
        #expect(connection.inbound.queued.elements > 0)
        // While nobody takes the events, a further request fails, too.
        let second = try await agentFailure { try await stream.standardError() }
        #expect(second.code == .answerHeldBack)
        connection.answer(request)
        let texts = try await stream.events.take(80).map(\.short)
        #expect((texts.first, texts.last) == ("0-0", "19-3"))
        try await eventually("the late answer is counted") { stream.lateAnswers == 1 }
        #expect(stream.state.value == .open)
        await fixture.client.close()
    }

    @Test("Messages that can't be understood are events and are counted; the stream goes on")
    func malformed() async throws {
        let fixture = try await AgentFixture()
        fixture.connection.deliver("{", #"{"type":"turn_started"}"#, "[]", ScriptedConnection.chunk("x"))
        let events = try await fixture.stream.events.take(4)
        #expect(events.map(\.type.rawValue) == ["malformed", "turn_started", "malformed", "message_chunk"])
        #expect((fixture.stream.statistics.malformed, fixture.stream.statistics.unknown) == (2, 1))
        #expect(fixture.stream.statistics.events == 4)
        await fixture.client.close()
    }

    @Test("The agent stream and the workspace stream are open together; a second agent stream is refused")
    func slots() async throws {
        let fixture = try await AgentFixture()
        let (workspace, _) = try await fixture.base.open()
        let error = try await agentFailure { try await fixture.client.openAgentStream() }
        #expect(error.code == .alreadyOpen)
        #expect(await fixture.client.close().isEmpty)
        #expect(workspace.state.isDrained && fixture.stream.state.isDrained)
        #expect(fixture.stream.isConnectionClosed)
    }

    @Test(
        "The close codes of newer servers are typed",
        arguments: [
            (UInt16(4001), StreamEnd.AgentClose.superseded), (4002, .offlineBudget), (1000, nil), (4000, nil),
        ]
    )
    func closeCodes(code: UInt16, expected: StreamEnd.AgentClose?) async throws {
        let fixture = try await AgentFixture()
        let frame = CloseFrame(CloseCode(rawValue: code))
        fixture.connection.end(sent: frame, received: frame)
        #expect(try await fixture.stream.waitUntilDrained().agentClose == expected)
        #expect(try await fixture.stream.events.take(1).isEmpty)
        await fixture.client.close()
    }

    @Test("A stream that nobody holds any more is closed, and all its parts are freed")
    func released() async throws {
        let base = try ClientFixture()
        let connection: ScriptedConnection
        let (exchange, sink): (WeakReference, WeakReference)
        do {
            let opened = try await base.openAgent()
            connection = opened.connection
            exchange = WeakReference(opened.stream.exchange)
            sink = WeakReference(opened.stream.core.events)
            #expect(exchange.object != nil && sink.object != nil)
        }
        try await eventually("the stream closes") { connection.closeCodes.count == 1 }
        try await eventually("no task is left") { base.client.tasks.isEmpty }
        try await eventually("its parts are freed") { exchange.object == nil && sink.object == nil }
        await base.client.close()
    }

    @Test("A configuration with a limit of zero is refused before anything is dialled")
    func configuration() async throws {
        let fixture = try ClientFixture()
        let changes: [@Sendable (inout AgentStreamConfiguration) -> Void] = [
            { $0.maximumConcurrentServerRequests = 0 }, { $0.maximumPendingRequests = 0 }, { $0.maximumHeldBytes = 0 },
            { $0.requestTimeout = .zero }, { $0.initializeTimeout = .zero }, { $0.cancelTimeout = .zero },
        ]
        for change in changes {
            var configuration = AgentStreamConfiguration()
            change(&configuration)
            let error = try await agentFailure { [configuration] in
                try await fixture.client.openAgentStream(configuration)
            }
            #expect(error.code == .invalidConfiguration)
        }
        #expect(fixture.transport.dials.isEmpty)
    }
}

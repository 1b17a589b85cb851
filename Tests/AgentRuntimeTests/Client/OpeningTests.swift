import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Opening a stream", .timeLimit(.minutes(1)))
struct OpeningTests {
    @Test("A configuration that no stream can work with is refused before anything is dialled")
    func refusesConfiguration() throws {
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:1")
        let changes: [(inout AgentRuntimeConfiguration) -> Void] = [
            { $0.connection.deliversPieces = true }, { $0.maximumQueuedEvents = 0 }, { $0.connectTimeout = .zero },
            { $0.connection.sendQueue.highWaterBytes = 0 }, { $0.userAgent = "" }, { $0.userAgent = "a\nb" },
            { $0.fields = ["Host": "elsewhere"] }, { $0.fields = ["sec-websocket-key": "x"] },
            { $0.fields = ["two words": "x"] }, { $0.fields = ["X": "a\r\nY: b"] },
        ]
        for change in changes {
            var configuration = AgentRuntimeConfiguration()
            change(&configuration)
            let error = #expect(throws: AgentRuntimeError.self) {
                try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test("A closed client opens nothing")
    func closedClient() async throws {
        let fixture = try ClientFixture()
        await fixture.client.close()
        let error = await #expect(throws: AgentRuntimeError.self) {
            try await fixture.client.openWorkspaceStream()
        }
        #expect(error?.code == .clientClosed)
        #expect(fixture.transport.dials.filter(\.isStarted).isEmpty)
    }

    @Test("A second stream is refused while the first is dialling and while it is open")
    func alreadyOpen() async throws {
        let fixture = try ClientFixture()
        async let first = fixture.client.openWorkspaceStream()
        let dial = try await fixture.dial()
        let whileDialling = await #expect(throws: AgentRuntimeError.self) {
            try await fixture.client.openWorkspaceStream()
        }
        #expect(whileDialling?.code == .alreadyOpen)
        dial.succeed()
        let stream = try await first
        let whileOpen = await #expect(throws: AgentRuntimeError.self) {
            try await fixture.client.openWorkspaceStream()
        }
        #expect(whileOpen?.code == .alreadyOpen)
        await stream.close()
        let (again, _) = try await fixture.open()
        #expect(again.state.value == .open)
        await fixture.client.close()
    }

    @Test("A dial that fails leaves nothing, and its error is typed")
    func failedDial() async throws {
        let fixture = try ClientFixture()
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        try await fixture.dial().fail(ScriptedError.dialFailed)
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .connectFailed)
        #expect(error?.cause is ScriptedError)
        #expect(fixture.client.tasks.isEmpty)
        let (stream, _) = try await fixture.open()
        await stream.close()
    }

    @Test("Cancelling the opener cancels the dial, frees the slot and passes the cancellation on")
    func cancelledOpener() async throws {
        let fixture = try ClientFixture()
        let opener = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial()
        opener.cancel()
        await #expect(throws: CancellationError.self) { try await opener.value }
        #expect(dial.isCancelled)
        #expect(fixture.client.tasks.isEmpty)
        let (stream, _) = try await fixture.open()
        await stream.close()
    }

    @Test("Closing the client cancels a dial in flight and waits until nothing is left of it")
    func closeCancelsTheDial() async throws {
        let fixture = try ClientFixture()
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial()
        await fixture.client.close()
        #expect(dial.isCancelled)
        #expect(fixture.client.tasks.isEmpty)
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .closedWhileDialling)
    }

    @Test("A dial that succeeds although it was told to end is discarded, and close waits for that")
    func closeWinsOverALateDial() async throws {
        let fixture = try ClientFixture()
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial()
        dial.ignoreCancel()
        async let closing = fixture.client.close()
        try await eventually("the dial is told to end") { dial.isCancelled }
        #expect(fixture.client.tasks.map(\.task) == [.dial])
        let connection = dial.succeed()
        #expect(await closing.isEmpty)
        #expect(connection.isClosed)
        #expect(connection.aborts == [.zero])
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .closedWhileDialling)
    }

    @Test(
        "Opening waits for a stream that was told to end in any way, and begins no dial before",
        arguments: [0, 1, 2]
    )
    func waitsForAClosingStream(ending: Int) async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        switch ending {
        case 0: break
        case 1: connection.ignoreAbort()
        default: connection.refuseSends()
        }
        let closing = Task { ending == 1 ? await stream.abort() : await stream.close() }
        _ = try await stream.waitUntilCloseRequested()
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("the opener waits") { fixture.timers.delays.filter { $0 == .seconds(6) }.count == 2 }
        #expect(fixture.transport.dials.filter(\.isStarted).count == 1)
        connection.end()
        #expect(await closing.value.leftBehind.isEmpty)
        try await fixture.dial(1).succeed()
        #expect(try await opening.value.state.value == .open)
        #expect(fixture.timers.delays.isEmpty)
    }

    @Test("Open, loop to the end, open again: it works each time, over real sockets", arguments: [true, false])
    func opensAgainAfterTheLoop(isCut: Bool) async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            try? await connection.send(text: #"{"type":"connected","timestamp":1}"#)
            if isCut { connection.abort() } else { await connection.close(.goingAway) }
        }
        let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:\(server.port)"))
        for _ in 0..<100 {
            let stream: WorkspaceStream
            do {
                stream = try await client.openWorkspaceStream()
            } catch let error as AgentRuntimeError where error.code != .alreadyOpen && isCut {
                // The connection ended before its 101 was read.
                continue
            }
            do { for try await _ in stream.events {} } catch { #expect(isCut) }
            #expect(stream.state.isDrained)
            #expect(client.tasks.isEmpty)
        }
        await client.close()
        await server.close()
        await running
    }

    @Test("An opener that waits is bounded by the time of a close, and told what is still there")
    func boundsTheWait() async throws {
        let fixture = try ClientFixture { $0.closeTimeout = .seconds(3) }
        let (stream, connection) = try await fixture.open()
        connection.ignoreAbort()
        let closing = Task { await stream.close() }
        try await eventually("the writer closes") { connection.closeCodes.count == 1 }
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("both wait") { fixture.timers.delays == [.seconds(4), .seconds(4)] }
        fixture.timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .alreadyOpen)
        #expect(error?.message.contains("workspace reader: receiving") == true)
        #expect(await closing.value.leftBehind.count == 2)
        connection.end()
    }

    @Test("An opener that waits can be cancelled, and hears at once that the client was closed")
    func endsTheWait() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreAbort()
        let closing = Task { await stream.close() }
        _ = try await stream.waitUntilCloseRequested()
        let cancelled = Task { try await fixture.client.openWorkspaceStream() }
        let refused = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("all wait") { fixture.timers.delays.count == 3 }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        fixture.client.requestClose()
        try await eventually("the other opener waits no longer") { fixture.timers.delays.count == 1 }
        let error = await #expect(throws: AgentRuntimeError.self) { try await refused.value }
        #expect(error?.code == .clientClosed)
        let closingClient = Task { await fixture.client.close() }
        connection.end()
        _ = await closing.value
        #expect(await closingClient.value.isEmpty)
        #expect(fixture.transport.dials.filter(\.isStarted).count == 1)
        #expect(fixture.timers.delays.isEmpty)
    }

    @Test("Opening again right after the opener was cancelled waits until nothing is left of the first attempt")
    func opensBehindACancelledOpener() async throws {
        let fixture = try ClientFixture()
        let first = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial()
        dial.ignoreCancel()
        first.cancel()
        try await eventually("the dial is told to end") { dial.isCancelled }
        let second = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("the second opener waits") { fixture.timers.delays.count == 1 }
        let late = dial.succeed()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(late.isClosed)
        try await fixture.dial(1).succeed()
        #expect(try await second.value.state.value == .open)
    }
}

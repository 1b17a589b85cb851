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
        #expect(again.state.description == "open")
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
}

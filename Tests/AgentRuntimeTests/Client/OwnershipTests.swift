import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Which object keeps which alive", .timeLimit(.minutes(1)))
struct OwnershipTests {
    /// The objects that a function may return without keeping anything else.
    enum Handle: CaseIterable { case stream, events, iterator, batches, batchIterator, states, stateIterator }

    /// Makes a client and returns only one handle.
    private static func make(_ handle: Handle) async throws -> (Any, ScriptedConnection, WeakReference) {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let kept: Any =
            switch handle {
            case .stream: stream
            case .events: stream.events
            case .iterator: stream.events.makeAsyncIterator()
            case .batches: stream.batches
            case .batchIterator: stream.batches.makeAsyncIterator()
            case .states: stream.states
            case .stateIterator: stream.states.makeAsyncIterator()
            }
        return (kept, connection, WeakReference(fixture.client))
    }

    @Test(
        "Each handle to a stream keeps it and its client alive; with the last one both are closed",
        arguments: Handle.allCases
    )
    func keepsAlive(handle: Handle) async throws {
        var (kept, connection, client): (Any?, _, _) = try await Self.make(handle)
        #expect(client.object != nil)
        #expect(connection.aborts.isEmpty)
        #expect(connection.closeCodes.isEmpty)
        withExtendedLifetime(kept) {}
        kept = nil
        try await eventually("the stream is closed") { connection.isClosed }
        #expect(connection.closeCodes == [.normalClosure])
        try await eventually("the client is gone") { client.object == nil }
    }

    /// Makes a stream like a function of a real program.
    private static func stream(of transport: ScriptedTransport) async throws -> WorkspaceStream {
        let client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:1"),
            configuration: AgentRuntimeConfiguration(),
            transport: transport
        )
        return try await client.openWorkspaceStream()
    }

    @Test("A loop over the stream that a function returned gets every event, and the end is the server's, not ours")
    func returnedStream() async throws {
        let transport = ScriptedTransport()
        async let opened = Self.stream(of: transport)
        try await eventually("the dial") { transport.dials.first?.isStarted == true }
        let connection = transport.dials[0].succeed()
        let stream = try await opened
        let loop = Task {
            var seen: [Int64] = []
            for try await event in stream.events { seen.append(event.timestamp ?? -1) }
            return seen
        }
        for index in 0..<200 {
            connection.deliver(#"{"type":"pong","timestamp":\#(index)}"#)
            if index % 20 == 0 { await Task.yield() }
        }
        try await eventually("all were read") { stream.statistics.events == 200 }
        connection.end(cause: .closingHandshake, received: .init(.goingAway))
        #expect(try await loop.value == Array(0..<200))
        guard case .closedByServer = try await stream.waitUntilDrained().reason else {
            Issue.record("ended as \(stream.state)")
            return
        }
    }

    @Test("A stream that nobody holds any more is closed, and its client can open the next one")
    func droppedStream() async throws {
        let fixture = try ClientFixture()
        var opened: (stream: WorkspaceStream, connection: ScriptedConnection)? = try await fixture.open()
        let connection = try #require(opened?.connection)
        opened = nil
        try await eventually("the stream is closed") { connection.isClosed }
        #expect(connection.closeCodes == [.normalClosure])
        let (next, _) = try await fixture.open()
        #expect(next.state.value == .open)
        await fixture.client.close()
    }

    @Test("Dropping the client while its stream is held ends nothing; the stream closes as ever")
    func droppedClient() async throws {
        var fixture: ClientFixture? = try ClientFixture()
        let (stream, connection) = try #require(try await fixture?.open())
        fixture = nil
        #expect(connection.aborts.isEmpty)
        try await stream.sendShellInput("ls\r")
        #expect(connection.sent.count == 1)
        #expect(await stream.close().value == .closed)
    }
}

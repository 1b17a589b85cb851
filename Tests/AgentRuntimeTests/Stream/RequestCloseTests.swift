import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Closing from code that can't wait, or not for long", .timeLimit(.minutes(1)))
struct RequestCloseTests {
    @Test("A stream that is asked to close returns at once, refuses commands, and is drained by itself")
    func stream() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        #expect(stream.end == nil)
        stream.requestClose()
        #expect(stream.state.value == .closing(.closed))
        #expect(stream.end?.value == .closed)
        let error = await #expect(throws: AgentRuntimeError.self) { try await stream.sendShellInput("x") }
        #expect(error?.code == .streamClosed)
        stream.requestClose()
        try await eventually("the closing handshake") { connection.closeCodes.count == 1 }
        connection.end()
        #expect(try await stream.waitUntilDrained().value == .closed)
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("A client that is asked to close opens nothing from then on, and its dial and its stream end by themselves")
    func client() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        fixture.client.requestClose()
        #expect(fixture.client.isClosed)
        let refused = await #expect(throws: AgentRuntimeError.self) { try await fixture.client.openWorkspaceStream() }
        #expect(refused?.code == .clientClosed)
        let end = try await withTimeout("it is drained") { try await stream.waitUntilDrained() }
        #expect(end.value == .closedByClient)
        #expect(connection.closeCodes == [.normalClosure])
        #expect(await fixture.client.close().isEmpty)

        let dialling = try ClientFixture()
        let opening = Task { try await dialling.client.openWorkspaceStream() }
        let dial = try await dialling.dial()
        dialling.client.requestClose(within: .zero)
        #expect(dial.isCancelled)
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .closedWhileDialling)
    }

    /// An object of a program whose `deinit` must not wait.
    private final class Owner: Sendable {
        let client: AgentRuntimeClient
        init(_ client: AgentRuntimeClient) { self.client = client }
        deinit { self.client.requestClose() }
    }

    @Test("It may be called where nothing may wait: in a deinit")
    func fromADeinit() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        var owner: Owner? = Owner(fixture.client)
        withExtendedLifetime(owner) {}
        owner = nil
        #expect(try await stream.waitUntilDrained().value == .closedByClient)
    }

    @Test(
        "A close within a time cuts the connection after it, never later than the configured one, and waits a second more",
        arguments: [(2, 2), (9, 3), (0, 0)]
    )
    func within(limit: Int, effective: Int) async throws {
        for closesClient in [true, false] {
            let fixture = try ClientFixture { $0.closeTimeout = .seconds(3) }
            let (stream, connection) = try await fixture.open()
            connection.ignoreAbort()
            let closing = Task {
                if closesClient {
                    await fixture.client.close(within: .seconds(limit))
                } else {
                    await stream.close(within: .seconds(limit)).leftBehind
                }
            }
            try await eventually("it waits, bounded") { fixture.timers.delays == [.seconds(effective + 1)] }
            #expect(connection.aborts == [.seconds(effective)])
            fixture.timers.fireAll()
            #expect(await closing.value.map(\.task) == [.reader, .writer])
            connection.end()
            #expect(
                try await stream.waitUntilDrained().value == (closesClient ? .closedByClient : .closed)
            )
        }
    }

    @Test("A later close may make one that is under way shorter")
    func shortens() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        stream.requestClose()
        fixture.client.requestClose(within: .seconds(2))
        stream.requestClose(within: .seconds(1))
        // Required: else the last close would have nothing that ends it.
        try #require(connection.aborts == [.seconds(5), .seconds(2), .seconds(1)])
        #expect(await stream.close(within: .zero).value == .closed)
        #expect(connection.isClosed)
    }

    @Test(
        "Aborting a client cuts its stream at once, also one that closes, and opens nothing any more",
        arguments: [true, false]
    )
    func abortsTheClient(isClosing: Bool) async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        if isClosing { fixture.client.requestClose() }
        #expect(await fixture.client.abort().isEmpty)
        #expect(connection.aborts.last == .zero)
        #expect(stream.end?.value == (isClosing ? .closedByClient : .aborted))
        #expect(fixture.client.isClosed)
    }

    @Test("If a connection has several time limits, the shortest counts, in any order")
    func shortestBound() async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            _ = try? await connection.waitUntilClosed()
        }
        let connection = try await WebSocketClient.connect(to: WebSocketURL("ws://127.0.0.1:\(server.port)"))
        for delay in [600, 0.05, 600] as [Double] { connection.abort(after: .seconds(delay)) }
        let closure = try await withTimeout("the connection ends") { try await connection.waitUntilClosed() }
        if case .aborted = closure.cause {} else { Issue.record("\(closure)") }
        await server.close()
        await running
    }

    @Test("The scoped client is closed in every case, and the error of its body is kept")
    func scopedClient() async throws {
        let escaped = Locked<AgentRuntimeClient?>(nil)
        await #expect(throws: ScriptedError.self) {
            try await AgentRuntimeClient.withClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:1")) { client in
                escaped.withLock { $0 = client }
                throw ScriptedError.sendFailed
            }
        }
        #expect(escaped.withLock { $0 }?.isClosed == true)
        let value = try await AgentRuntimeClient.withClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:1")) { client in
            escaped.withLock { $0 = client }
            return 7
        }
        #expect(value == 7)
        #expect(escaped.withLock { $0 }?.isClosed == true)
    }
}

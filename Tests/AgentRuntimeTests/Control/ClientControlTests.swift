import ConcurrencyPrimitives
import TestSupport
import Testing
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Control calls of a client", .timeLimit(.minutes(1)))
struct ClientControlTests {
    private static func withClient(
        credentials: RuntimeCredentials = .none,
        _ body: (AgentRuntimeClient, RawServer) async throws -> Void
    ) async throws {
        let server = try await RawServer.start()
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)/ws-7/?key=k", credentials: credentials)
        let client = try AgentRuntimeClient(endpoint: endpoint)
        try await body(client, server)
        #expect(await client.close().isEmpty)
        #expect(client.tasks.isEmpty)
        await server.close()
    }

    private static func answer(_ server: RawServer, _ index: Int, _ status: String, _ body: String) async throws
        -> String
    {
        let peer = try await server.peer(index)
        let head = try await peer.receiveHead()
        try await peer.send(Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        return head
    }

    private static func requestCount(_ peer: RawPeer) -> Int {
        String(decoding: peer.received, as: UTF8.self).split(separator: " HTTP/1.1\r\n").count - 1
    }

    @Test("A call goes to the base path with the query, and its kept connection is closed by the client")
    func call() async throws {
        let server = try await RawServer.start()
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)/ws-7/?key=k", token: "t")
        let client = try AgentRuntimeClient(endpoint: endpoint)
        async let health = client.control.health()
        let head = try await Self.answer(server, 0, "200 OK", #"{"status":"ok","timestamp":"2026-11-29T07:29:36Z"}"#)
        #expect(head.hasPrefix("GET /ws-7/health?key=k HTTP/1.1\r\n"))
        #expect(head.contains("\r\nAuthorization: Bearer t\r\n"))
        _ = try await health
        // A kept connection is no work.
        #expect(client.tasks.isEmpty)
        let peer = try await server.peer()
        #expect(!peer.isInputEnded)
        #expect(await client.close().isEmpty)
        try await eventually("the kept connection is closed") { peer.isInputEnded }
        let refused = await #expect(throws: AgentRuntimeError.self) { try await client.control.health() }
        #expect(refused?.code == .clientClosed)
        await server.close()
    }

    @Test("A close of the client ends a call that runs; a close of all streams does not")
    func closeEndsCalls() async throws {
        try await Self.withClient { client, server in
            let call = Task { try await client.control.status() }
            _ = try await server.peer().receiveHead()
            #expect(await client.closeStreams().isEmpty)
            #expect(client.tasks.map(\.task) == [.call])
            #expect(await client.close().isEmpty)
            let error = await #expect(throws: AgentRuntimeError.self) { try await call.value }
            #expect(error?.code == .clientClosed)
        }
    }

    @Test("After 401 the provider is asked once more, also for a call that is not idempotent")
    func rotation() async throws {
        let tokens = Locked(["old", "new"])
        let credentials = RuntimeCredentials.provider { tokens.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
        try await Self.withClient(credentials: credentials) { client, server in
            async let start = client.control.start()
            let first = try await Self.answer(server, 0, "401 Unauthorized", #"{"error":"invalid auth token"}"#)
            let peer = try await server.peer()
            try await eventually("the second request") { Self.requestCount(peer) == 2 }
            let second = String(decoding: peer.received, as: UTF8.self)
            #expect(first.contains("Bearer old") && second.contains("Bearer new"))
            try await peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}".utf8))
            #expect(try await start.isSuccess)
        }
    }

    @Test("After a start, the agent can be initialized again; after a refused start it can't")
    func startAllowsInitialize() async throws {
        try await Self.withClient { client, server in
            let initialization = client.driver.initialization
            try initialization.begin(isNewAgent: false)
            async let refused: Void = { _ = try? await client.control.start() }()
            _ = try await Self.answer(server, 0, "500 No", #"{"success":false,"error":"already running"}"#)
            await refused
            #expect(throws: AgentRuntimeError.self) { try initialization.begin(isNewAgent: false) }
            async let started = client.control.start()
            let peer = try await server.peer()
            try await eventually("the second request") { Self.requestCount(peer) == 2 }
            try await peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}".utf8))
            _ = try await started
            try initialization.begin(isNewAgent: false)
        }
    }

    @Test("A close ends a provider that is asked for a call, and waits for it")
    func providerOfACall() async throws {
        let (begun, left) = (Promise<Void>(), Locked(false))
        let credentials = RuntimeCredentials.provider {
            begun.resolve(())
            defer { left.withLock { $0 = true } }
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
        try await Self.withClient(credentials: credentials) { client, _ in
            let call = Task { try await client.control.status() }
            await begun.wait()
            #expect(await client.close().isEmpty)
            #expect(left.withLock { $0 })
            let error = await #expect(throws: AgentRuntimeError.self) { try await call.value }
            #expect(error?.code == .clientClosed)
        }
    }

    @Test("A client that is released closes its kept connections")
    func released() async throws {
        let server = try await RawServer.start()
        var client: AgentRuntimeClient? = try AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:\(server.port)")
        )
        let control = try #require(client).control
        async let health = control.health()
        _ = try await Self.answer(server, 0, "200 OK", #"{"status":"ok","timestamp":"2026-11-29T07:29:36Z"}"#)
        _ = try await health
        let peer = try await server.peer()
        client = nil
        try await eventually("the kept connection is closed") { peer.isInputEnded }
        await server.close()
    }
}

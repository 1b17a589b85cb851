import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("The client of the control port", .timeLimit(.minutes(1)))
struct ControlPortClientTests {
    /// Runs a scripted control port while `body` runs.
    private func withControlPort(
        token: String? = nil,
        _ body: (ControlPortClient, RawRuntime) async throws -> Void
    ) async throws {
        try await withRawRuntime { runtime in
            let endpoint = try RuntimeEndpoint("http://127.0.0.1:\(runtime.server.port)", token: token)
            let client = try ControlPortClient(endpoint: endpoint)
            do {
                try await body(client, runtime)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
            for peer in runtime.server.peers { try await eventually("its end") { peer.isInputEnded } }
        }
    }

    private static let instance = #"{"id":"exec-1","port":41001,"status":"running","workspace_path":"/srv/ws"}"#

    @Test("The handshake gives the token, which later calls and the endpoints of instances have")
    func handshake() async throws {
        try await self.withControlPort { client, runtime in
            async let token = client.handshake(nonce: "nonce-1")
            let request = try await runtime.answer(json(#"{"token":"abc"}"#))
            #expect(try await token == "abc")
            #expect(request.line == "POST /auth/handshake HTTP/1.1" && request.body == #"{"nonce":"nonce-1"}"#)
            #expect(request.value("Authorization") == nil)
            async let list = client.instances()
            let second = try await runtime.answer(json("[\(Self.instance)]"))
            #expect(try await list.map(\.id) == ["exec-1"])
            #expect(second.line == "GET /api/v1/instances HTTP/1.1" && second.value("Authorization") == "Bearer abc")
            let endpoint = try client.endpoint(ofInstance: "exec-1", port: 41_001)
            #expect(endpoint.credentials.fixedToken == "abc" && endpoint.instanceID == "exec-1")
            #expect(endpoint.baseURL.port == 41_001 && endpoint.baseURL.host == "127.0.0.1")
            #expect(throws: AgentRuntimeError.self) { try client.endpoint(ofInstance: "x", port: 0) }
        }
    }

    @Test("A nonce that was used is refused, and an answer without a token is not one")
    func refusedHandshake() async throws {
        try await self.withControlPort { client, runtime in
            async let error = failure { try await client.handshake(nonce: "n") }
            try await runtime.answer(
                json(#"{"error":"invalid or already-consumed nonce"}"#, status: "403 Forbidden")
            )
            let seen = await error
            #expect(seen?.code == .refused && seen?.httpStatus == 403 && seen?.retry == .never)
            async let empty = failure { try await client.handshake(nonce: "n") }
            try await runtime.answer(json(#"{"token":""}"#))
            #expect(await empty?.code == .unexpectedAnswer)
        }
    }

    @Test("A duplicate, which agentctl refuses with 500, is alreadyExists; another 500 is a refusal")
    func duplicate() async throws {
        try await self.withControlPort(token: "t") { client, runtime in
            async let created = client.createInstance(CreateInstanceRequest(workspacePath: "/srv/ws", id: "exec-1"))
            let request = try await runtime.answer(json(#"{"id":"exec-1","port":41001}"#, status: "201 Created"))
            #expect(try await created.port == 41_001)
            #expect(request.line == "POST /api/v1/instances HTTP/1.1" && request.value("Authorization") == "Bearer t")
            let refusal = json(#"{"error":"failed to create instance: x"}"#, status: "500 Internal Server Error")
            async let duplicate = failure {
                try await client.createInstance(CreateInstanceRequest(workspacePath: "/srv/ws", id: "exec-1"))
            }
            try await runtime.answer(refusal)
            let second = try await runtime.answer(json(Self.instance))
            #expect(second.line == "GET /api/v1/instances/exec-1 HTTP/1.1")
            let seen = await duplicate
            #expect(seen?.code == .alreadyExists && seen?.retry == .never && seen?.httpStatus == 500)
            async let other = failure {
                try await client.createInstance(CreateInstanceRequest(workspacePath: "/srv/ws", id: "exec-2"))
            }
            try await runtime.answer(refusal)
            try await runtime.answer(json(#"{"error":"instance not found"}"#, status: "404 Not Found"))
            #expect(await other?.code == .refused)
        }
    }

    @Test("An instance that does not exist is nil, and its deletion is done")
    func absent() async throws {
        try await self.withControlPort { client, runtime in
            let absent = json(#"{"error":"instance not found"}"#, status: "404 Not Found")
            async let instance = client.instance(id: "nope")
            try await runtime.answer(absent)
            #expect(try await instance == nil)
            async let deleted = client.deleteInstance(id: "nope")
            let request = try await runtime.answer(absent)
            #expect(try await deleted == false)
            #expect(request.line == "DELETE /api/v1/instances/nope HTTP/1.1")
            async let second = client.deleteInstance(id: "exec-1")
            try await runtime.answer(json(#"{"message":"instance stopped successfully"}"#))
            #expect(try await second == true)
        }
    }

    @Test("A close ends the calls that run, and waits for them")
    func close() async throws {
        try await self.withControlPort { client, runtime in
            let call = Task { await failure { try await client.instances() } }
            _ = try await runtime.request()
            await client.close()
            #expect(await call.value?.code == .clientClosed && client.isClosed)
            let late = await failure { try await client.health() }
            #expect(late?.code == .clientClosed)
        }
    }

    @Test("The credentials of the endpoint count as they are: their limit, and what is wrong with a token")
    func credentials() async throws {
        let provider = RuntimeCredentials.provider { "s3cret two" }
        let client = try ControlPortClient(endpoint: RuntimeEndpoint("http://127.0.0.1:1", credentials: provider))
        let error = await failure { try await client.instances() }
        #expect(error?.code == .invalidConfiguration)
        let slow = RuntimeCredentials.provider(timeout: .milliseconds(20)) {
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
        let other = try ControlPortClient(endpoint: RuntimeEndpoint("http://127.0.0.1:1", credentials: slow))
        #expect(await failure { try await other.instances() }?.message.contains("within 0.02 seconds") == true)
        await client.close()
        await other.close()
    }

    @Test("A provider that goes on although it was cancelled holds up a close only for its limit")
    func deafProvider() async throws {
        let (begun, released) = (Promise<Void>(), Promise<Void>())
        let provider = RuntimeCredentials.provider {
            begun.resolve(())
            await released.wait()
            return nil
        }
        var configuration = AgentRuntimeConfiguration()
        configuration.closeTimeout = .milliseconds(10)
        let client = try ControlPortClient(
            endpoint: RuntimeEndpoint("http://127.0.0.1:1", credentials: provider),
            configuration: configuration
        )
        let call = Task { try await client.instances() }
        await begun.wait()
        try await withTimeout("the close") { await client.close() }
        released.resolve(())
        let error = await #expect(throws: AgentRuntimeError.self) { try await call.value }
        #expect(error?.code == .clientClosed)
    }
}

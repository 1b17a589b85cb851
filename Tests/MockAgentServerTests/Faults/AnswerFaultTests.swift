import TestSupport
import Testing
import WebSocketTransport

@testable import MockAgentServer

@Suite("Wrong answers", .timeLimit(.minutes(1)))
struct AnswerFaultTests {
    private static func with(
        _ faults: [AnswerFault],
        clock: ManualMockClock = ManualMockClock(),
        _ body: (MockServer) async throws -> Void
    ) async throws {
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        configuration.scenario.faults.answers = faults
        try await withMockServer(configuration, body)
    }

    /// What a client of the agent stream gets after a faulty request and a right one.
    private static func answers(_ kind: AnswerFault.Kind) async throws -> [String] {
        var answers: [String] = []
        try await self.with([AnswerFault("agent.stderr", kind)]) { server in
            try await AgentClient.with(server) { client in
                try await client.send("agent.stderr", id: "a")
                try await client.send("agent.permissions.list", id: "b")
                let messages = try await client.messages { $0["id"] == "b" }
                answers = messages.map { "\($0["type"]?.text ?? "") \($0["id"]?.text ?? "")" }
            }
        }
        return answers
    }

    @Test("On the agent stream: never, twice, an error")
    func agentStream() async throws {
        #expect(try await Self.answers(.silence) == ["response b"])
        #expect(try await Self.answers(.twice) == ["response a", "response a", "response b"])
        #expect(try await Self.answers(.failure(status: 500, message: "x")) == ["error a", "response b"])
    }

    @Test("On the agent stream: with another id")
    func otherID() async throws {
        let answers = try await Self.answers(.otherID)
        #expect(answers.count == 2)
        #expect(answers.first != "response a" && answers.last == "response b")
    }

    @Test("On the agent stream: the socket ends instead of the answer")
    func dropped() async throws {
        try await Self.with([AnswerFault("agent.stderr", .drop)]) { server in
            try await AgentClient.with(server) { client in
                try await client.send("agent.stderr")
                let error = await #expect(throws: WebSocketError.self) { try await client.next() }
                #expect(error?.code == .connectionLost)
                #expect(server.agentRequests.count == 1)
            }
        }
    }

    @Test("Late answers come when their time has come, also behind those to later requests")
    func late() async throws {
        let clock = ManualMockClock()
        try await Self.with([AnswerFault("agent.stderr", .late(.seconds(2)))], clock: clock) { server in
            try await AgentClient.with(server) { client in
                try await client.send("agent.stderr", id: "a")
                await clock.waitForSleepers(1)
                try await client.send("agent.permissions.list", id: "b")
                #expect(try await client.next()?["id"] == "b")
                clock.advance(by: .seconds(2))
                #expect(try await client.next()?["id"] == "a")
            }
        }
    }

    @Test("Only the n-th requests are answered wrongly")
    func counted() async throws {
        let fault = AnswerFault("GET /api/v1/status", .failure(status: 503, message: "busy"), after: 1, count: 2)
        try await Self.with([fault]) { server in
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await RawHTTP.ask(server.port, "GET", "/api/v1/status").status) }
            #expect(statuses == [200, 503, 503, 200])
        }
    }

    @Test("Over HTTP: the request takes effect, but the connection ends instead of the answer")
    func droppedRequest() async throws {
        try await Self.with([AnswerFault("POST /api/v1/start", .drop)]) { server in
            let connection = try await RawHTTP.connect(to: server.port)
            try await connection.send("POST", "/api/v1/start", body: "{}")
            try await eventually("the end") { connection.peer.isInputEnded }
            #expect(connection.peer.received.isEmpty)
            await connection.peer.close()
            let status = try await RawHTTP.ask(server.port, "GET", "/api/v1/status")
            #expect(status.text.contains(#""agent_status":"running""#))
        }
    }

    @Test("Over HTTP: an answer that comes twice, and one that never comes")
    func twiceAndNever() async throws {
        let faults = [AnswerFault("GET /health", .twice), AnswerFault("GET /api/v1/info", .silence)]
        try await Self.with(faults) { server in
            let connection = try await RawHTTP.connect(to: server.port)
            try await connection.send("GET", "/health")
            try await eventually("two answers") {
                String(decoding: connection.peer.received, as: UTF8.self).ranges(of: "HTTP/1.1 200 OK").count == 2
            }
            _ = connection.peer.takeReceived()
            try await connection.send("GET", "/api/v1/info")
            let other = try await RawHTTP.ask(server.port, "GET", "/api/v1/status")
            #expect(other.status == 200)
            #expect(connection.peer.received.isEmpty && !connection.peer.isInputEnded)
            await connection.peer.close()
        }
    }
}

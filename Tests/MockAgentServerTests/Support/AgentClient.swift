import WebSocketProtocol
import WebSocketTransport

@testable import MockAgentServer

/// A client of the agent stream that reads messages.
struct AgentClient {
    let connection: WebSocketConnection

    /// Runs `body` with a client of the agent stream.
    static func with(_ server: MockServer, _ body: (AgentClient) async throws -> Void) async throws {
        let url = try WebSocketURL("\(server.url)/api/v1/agent/stream")
        try await WebSocketClient.withConnection(to: url) { try await body(AgentClient(connection: $0)) }
    }

    /// Sends a request.
    func send(_ action: String, id: String = "r1", _ payload: MockJSON = [:]) async throws {
        let request: MockJSON = [
            "id": .string(id), "type": "request", "action": .string(action), "payload": payload,
        ]
        try await self.connection.send(text: String(decoding: request.bytes, as: UTF8.self))
    }

    /// The next message; nil if the connection ends first.
    func next() async throws -> MockJSON? {
        for try await message in self.connection.messages { return try MockJSON(parsing: message.bytes) }
        return nil
    }

    /// The messages up to the first one that fits, which is the last element.
    func messages(until isLast: (MockJSON) -> Bool) async throws -> [MockJSON] {
        var messages: [MockJSON] = []
        while let message = try await self.next() {
            messages.append(message)
            if isLast(message) { break }
        }
        return messages
    }

    /// The answer to a request; events before it are dropped.
    func answer(_ id: String = "r1") async throws -> MockJSON? {
        try await self.messages { $0["id"]?.text == id }.last
    }

    /// Starts the agent and its session.
    func begin(_ server: MockServer) async throws { try await self.begin(port: server.port) }

    func begin(port: Int) async throws {
        let started = try await RawHTTP.ask(port, "POST", "/api/v1/start", body: "{}")
        guard started.status == 200 else { throw RawHTTP.Malformed(received: started.text) }
        try await self.send("agent.initialize", id: "i")
        _ = try await self.answer("i")
        try await self.send("agent.session.new", id: "n", ["cwd": "/srv/ws"])
        _ = try await self.messages { $0.kind == "available_commands" }
    }
}

extension MockJSON {
    /// The type of an event, or the type and the action of an answer.
    var kind: String {
        let type = self["type"]?.text ?? ""
        return self["action"]?.text.map { "\(type) \($0)" } ?? type
    }
}

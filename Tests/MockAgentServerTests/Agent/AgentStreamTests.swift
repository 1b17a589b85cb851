import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import MockAgentServer

@Suite("The agent stream", .timeLimit(.minutes(1)))
struct AgentStreamTests {
    @Test("The capabilities and the attachments precede their answers; mode, status and commands follow")
    func order() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                _ = try await RawHTTP.ask(server.port, "POST", "/api/v1/start")
                try await client.send("agent.initialize")
                let first = try await client.messages { $0["id"] != nil }
                #expect(first.map(\.kind) == ["agent_capabilities", "response agent.initialize"])
                try await client.send("agent.session.new", id: "r2")
                let second = try await client.messages { $0.kind == "available_commands" }
                let attachments = Array(repeating: "mcp_attachment", count: 5)
                let rest = ["response agent.session.new", "session_mode", "session_status", "available_commands"]
                #expect(second.map(\.kind) == attachments + rest)
            }
        }
    }

    @Test("A second initialize is never answered, and neither is the next session.new")
    func secondInitialize() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.initialize", id: "r1")
                try await client.send("agent.session.new", id: "r2")
                try await client.send("agent.stderr", id: "r3")
                let messages = try await client.messages { $0["id"]?.text == "r3" }
                #expect(messages.filter { $0["id"] != nil }.map(\.kind) == ["response agent.stderr"])
                #expect(messages.map(\.kind).contains("mcp_attachment"))
            }
        }
    }

    @Test("Two clients split the events; each gets the answers to its own requests")
    func split() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { first in
                try await first.begin(server)
                try await AgentClient.with(server) { second in
                    try await eventually("two clients") { server.agentClientCount == 2 }
                    for index in 0..<10 { server.sendAgentEvent(["type": "message_chunk", "text": "\(index)"]) }
                    try await first.send("agent.stderr", id: "a")
                    try await second.send("agent.stderr", id: "b")
                    let left = try await first.messages { $0["id"] != nil }
                    let right = try await second.messages { $0["id"] != nil }
                    #expect(left.last?["id"] == "a" && right.last?["id"] == "b")
                    #expect(left.count == 6 && right.count == 6)
                    let texts = (left + right).compactMap { $0["text"]?.text }
                    #expect(Set(texts) == Set((0..<10).map { "\($0)" }))
                }
            }
        }
    }

    @Test("Events wait for the next client, in order")
    func waiting() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                client.connection.abort()
                try await eventually("no client") { server.agentClientCount == 0 }
            }
            for index in 0..<300 { server.sendAgentEvent(["type": "message_chunk", "text": "\(index)"]) }
            try await AgentClient.with(server) { client in
                let messages = try await client.messages { $0["text"] == "299" }
                #expect(messages.map { $0["text"] } == (0..<300).map { .string("\($0)") })
            }
        }
    }

    @Test("A text that can't be read is skipped, unlike on the workspace stream")
    func malformed() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                for text in ["{", "7", #"{"type":"request"}"#, #"{"id":"x","type":"response","payload":{}}"#] {
                    try await client.connection.send(text: text)
                }
                try await client.send("agent.nope")
                let answer = try await client.answer()
                #expect(answer?.kind == "error agent.nope")
                #expect(answer?["payload"]?["code"] == "UNKNOWN_ACTION")
            }
        }
    }

    @Test("A request to the client is answered with the same id")
    func serverRequest() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.agent = AgentScript([
            .request(action: "mcp.call", payload: ["tool": "ask"]), .event(["type": "message_chunk", "text": "done"]),
        ])
        try await withMockServer(configuration) { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "x"])
                // Not inside of the macro: the compiler would mix up this closure with the next one.
                let first = try await client.messages { $0["type"] == "request" }
                let request = try #require(first.last)
                #expect(request["action"] == "mcp.call")
                #expect(request["payload"]?["tool"] == "ask")
                let answer: MockJSON = ["id": request["id"] ?? "", "type": "response", "payload": ["ok": true]]
                try await client.connection.send(text: String(decoding: answer.bytes, as: UTF8.self))
                let rest = try await client.messages { $0.kind == "complete" }
                #expect(rest.map(\.kind) == ["message_chunk", "complete"])
            }
        }
    }

    @Test("Permissions outlive a connection; they are listed, and a new prompt cancels them")
    func permissions() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "perm", "prompt_generation": 1])
                _ = try await client.messages { $0.kind == "permission_request" }
                client.connection.abort()
            }
            try await eventually("no client") { server.agentClientCount == 0 }
            #expect(server.pendingPermissions.count == 1)
            try await AgentClient.with(server) { client in
                try await client.send("agent.permissions.list")
                let list = try await client.answer()
                #expect(list?["payload"]?["total"] == 1)
                try await client.send("agent.prompt", id: "r2", ["text": "hello", "prompt_generation": 2])
                let messages = try await client.messages { $0.kind == "complete" && $0["prompt_generation"] == 2 }
                #expect(
                    messages.prefix(5).map(\.kind) == [
                        "response agent.prompt", "permission_cancelled", "message_chunk", "tool_update", "complete",
                    ]
                )
                #expect(server.pendingPermissions.isEmpty)
            }
        }
    }

    @Test("A cancelled turn ends with complete, then cancel is answered; the permission stays until the next prompt")
    func cancel() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "perm"])
                _ = try await client.messages { $0.kind == "permission_request" }
                try await client.send("agent.cancel", id: "c")
                let messages = try await client.messages { $0["id"]?.text == "c" }
                #expect(
                    messages.map(\.kind) == [
                        "tool_update", "message_chunk", "tool_update", "complete", "response agent.cancel",
                    ]
                )
                #expect(messages[3]["data"]?["stop_reason"] == "cancelled")
                #expect(server.pendingPermissions.count == 1)
            }
        }
    }

    @Test("An agent that does not acknowledge says so")
    func notAcknowledged() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.agent = AgentScript([.hang])
        configuration.scenario.agent.acknowledgesCancel = false
        try await withMockServer(configuration) { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "x"])
                try await client.send("agent.cancel", id: "c")
                let answer = try await client.answer("c")
                #expect(answer?["payload"]?["not_acknowledged"] == true)
            }
        }
    }

    @Test("Stopping the agent does not close the stream")
    func stop() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.agent = AgentScript([.hang])
        try await withMockServer(configuration) { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "x"])
                _ = try await client.answer()
                let stopped = try await RawHTTP.ask(server.port, "POST", "/api/v1/stop", body: "{}")
                #expect(stopped.text == #"{"success":true,"message":"agent stopped"}"#)
                try await client.send("agent.stderr", id: "r2")
                let messages = try await client.messages { $0["id"] != nil }
                #expect(messages.last?["id"] == "r2")
            }
        }
    }

    @Test("An event can precede the answer to its prompt")
    func early() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.agent.startsBeforeAnswer = true
        try await withMockServer(configuration) { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                try await client.send("agent.prompt", ["text": "x"])
                let messages = try await client.messages { $0["id"] != nil }
                #expect(messages.map(\.kind) == ["reasoning", "response agent.prompt"])
            }
        }
    }
}

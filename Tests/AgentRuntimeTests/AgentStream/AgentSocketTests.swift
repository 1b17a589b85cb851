import ConcurrencyPrimitives
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("An agent stream over real sockets", .timeLimit(.minutes(1))) struct AgentSocketTests {
    /// Answers every request of a client, and plays a turn with 2,000 pieces after each prompt.
    private static func serve(_ connection: WebSocketConnection) async throws {
        for try await message in connection.messages {
            let sent = SentMessage(json: try RawJSON(message.text ?? ""))
            let generation = sent.payload["prompt_generation"]?.integer
            if generation != nil {
                for index in 0..<1000 { try await connection.send(text: ScriptedConnection.chunk("\(index)")) }
            }
            try await connection.send(text: ScriptedConnection.answer(sent))
            guard let generation else { continue }
            for index in 1000..<2000 { try await connection.send(text: ScriptedConnection.chunk("\(index)")) }
            try await connection.send(text: ScriptedConnection.complete(generation))
        }
    }

    @Test("Twenty turns with small queues: each has all its events, and closing the client leaves nothing")
    func turns() async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            try? await Self.serve(connection)
            _ = try? await connection.waitUntilClosed()
        }
        var configuration = AgentRuntimeConfiguration()
        configuration.maximumQueuedEvents = 64
        let client = try AgentRuntimeClient(
            endpoint: RuntimeEndpoint("ws://127.0.0.1:\(server.port)"),
            configuration: configuration
        )
        let stream = try await client.openAgentStream()
        _ = try await stream.initialize(clientName: "test", clientVersion: "1")
        for _ in 0..<20 {
            let turn = try await stream.prompt("go")
            var texts: [String] = []
            for try await event in turn.events { texts.append(event.short) }
            #expect(texts == (0..<2000).map(String.init) + ["complete"])
            guard case .completed = turn.end else {
                Issue.record("\(String(describing: turn.end))")
                break
            }
        }
        #expect(stream.lateAnswers == 0)
        #expect(await client.close().isEmpty)
        #expect(client.tasks.isEmpty)
        #expect(stream.isConnectionClosed)
        await server.close()
        await running
    }

    @Test("A handler of requests of the server never runs on an event loop, so it may take its time")
    func handlersRunElsewhere() async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            let call = #"{"id":"1","type":"request","action":"mcp.call","payload":{}}"#
            try? await connection.send(text: call)
            _ = try? await connection.waitUntilClosed()
        }
        let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:\(server.port)"))
        let isOnLoop = Promise<Bool>()
        var settings = AgentStreamConfiguration()
        settings.onServerRequest = { _ in
            isOnLoop.resolve(MultiThreadedEventLoopGroup.currentEventLoop != nil)
            return .null
        }
        let stream = try await client.openAgentStream(settings)
        #expect(await isOnLoop.wait() == false)
        await stream.close()
        #expect(await client.close().isEmpty)
        await server.close()
        await running
    }
}

import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("How large a message of a stream may be", .timeLimit(.minutes(1)))
struct MessageSizeTests {
    @Test("A stream takes larger messages than a plain WebSocket: agentctl sends 81 MB at an attach")
    func defaults() {
        #expect(AgentRuntimeConfiguration().connection.limits.maximumMessageBytes == 256 << 20)
        var plain = ConnectionConfiguration()
        #expect(plain.limits.maximumMessageBytes == 64 << 20)
        plain.limits.maximumMessageBytes = 256 << 20
        #expect(AgentRuntimeConfiguration().connection == plain)
    }

    /// Opens a stream to a server that sends these frames.
    private static func withStream(
        _ frames: [WireFrame],
        _ change: (inout AgentRuntimeConfiguration) -> Void,
        _ body: (WorkspaceStream) async throws -> Void
    ) async throws {
        let server = try await RawServer.start()
        var configuration = AgentRuntimeConfiguration()
        change(&configuration)
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)")
        let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
        async let opening = client.openWorkspaceStream()
        let peer = try await server.peer()
        let acceptance = try await peer.acceptance()
        peer.sendLater(acceptance + frames.flatMap(\.bytes))
        try await body(try await opening)
        await client.close()
        await server.close()
    }

    @Test("A message that is larger than every queue passes alone, and later messages come after it")
    func passesTheQueues() async throws {
        let text = String(repeating: "x", count: 300_000)
        let frame = WireFrame(text: "{\"type\":\"shell_output\",\"data\":\"\(text)\"}")
        try await Self.withStream([frame, frame, WireFrame(text: #"{"type":"pong"}"#)]) { configuration in
            configuration.maximumQueuedBytes = 1
            configuration.maximumQueuedEvents = 1
            configuration.connection.receiveQueue.highWaterBytes = 1024
            configuration.connection.receiveQueue.highWaterMessages = 1
        } _: { stream in
            var contents: [WorkspaceEvent.Content] = []
            for try await event in stream.events {
                contents.append(event.content)
                if contents.count == 3 { break }
            }
            #expect(contents == [.shellOutput(text), .shellOutput(text), .pong])
        }
    }

    @Test("A message over the limit fails the stream: the error names the limit, and a retry does not help")
    func overTheLimit() async throws {
        let frame = WireFrame(text: "{\"type\":\"shell_output\",\"data\":\"\(String(repeating: "x", count: 1000))\"}")
        try await Self.withStream([frame]) { configuration in
            configuration.connection.limits.maximumMessageBytes = 1000
        } _: { stream in
            let result = try await Result.catching { for try await _ in stream.events {} }
            let error = try #require(result.error as? AgentRuntimeError)
            #expect(error.message.contains("1000 bytes"), "\(error)")
            #expect(error.message.contains("MessageLimits.maximumMessageBytes"))
            #expect(error.closeCode == .messageTooBig)
            #expect(error.retry == .never)
        }
    }
}

import MockAgentServer
import Testing
import WebSocketTransport
import WorkspaceProtocol

@Suite("Commands of a client", .timeLimit(.minutes(1)))
struct CommandTests {
    @Test(
        "The shell echoes what is typed, verbatim, and a ping gets a pong with a time",
        arguments: FrameStyle.allCases
    )
    func echo(style: FrameStyle) async throws {
        var configuration = MockServerConfiguration()
        (configuration.frameStyle, configuration.hasShell) = (style, true)
        try await withStream(configuration: configuration) { server, client in
            _ = try await client.events(2)
            try await client.send(.shellInput("ls -la\r\u{1B}[A✓"))
            try await client.send(.shellResize(columns: 120, rows: 40))
            try await client.send(.ping)
            let events = try await client.events(2)
            #expect(events.first?.content == .shellOutput("ls -la\r\u{1B}[A✓"))
            #expect(events.last?.content == .pong)
            #expect((events.last?.timestamp ?? 0) > 1_700_000_000_000)
            try await server.waitForCommands(3)
            #expect(server.commands.map(\.event.type) == [.shellInput, .shellResize, .ping])
            #expect(server.commands[1].event.content == .shellResize(columns: 120, rows: 40))
            #expect(server.shellInput == "ls -la\r\u{1B}[A✓")
        }
    }

    @Test("Without a shell, input is lost silently")
    func noShell() async throws {
        var configuration = MockServerConfiguration()
        #expect(!configuration.hasShell)
        configuration.hasShell = false
        try await withStream(configuration: configuration) { server, client in
            try await client.send(.shellInput("ls"))
            try await client.send(.ping)
            let events = try await client.events(3)
            #expect(events.map(\.type) == [.connected, .gitStatus, .pong])
            #expect(server.shellInput == "ls")
        }
    }

    @Test(
        "After a text that can't be read, nothing is read any more, not even a Ping; events go on",
        arguments: ["{", "7", #"{"type":7}"#, #"{"type":"shell_resize","cols":"80"}"#]
    )
    func malformedInput(text: String) async throws {
        try await withStream { server, client in
            try await client.connection.send(text: text)
            try await client.send(.ping)
            try await server.waitForCommands(1)
            let pong = Task { try await client.connection.ping() }
            server.broadcast(.shell("still here"))
            let events = try await client.events(3)
            #expect(events.map(\.type) == [.connected, .gitStatus, .shellOutput])
            #expect(server.commands.count == 1)
            // The Ping was sent before the event came back, and its Pong would have come first.
            pong.cancel()
            await #expect(throws: CancellationError.self) { try await pong.value }
            client.connection.abort()
        }
    }

    @Test("A binary command works like a text")
    func binary() async throws {
        try await withStream { _, client in
            try await client.connection.send(binary: Array(#"{"type":"ping"}"#.utf8))
            let events = try await client.events(3)
            #expect(events.last?.type == .pong)
        }
    }

    @Test("Only the latest commands are kept, all are counted")
    func history() async throws {
        var configuration = MockServerConfiguration()
        configuration.maximumHistory = 4
        try await withStream(configuration: configuration) { server, client in
            for index in 0..<20 { try await client.send(.shellInput("\(index),")) }
            try await server.waitForCommands(20)
            #expect((4...6).contains(server.commands.count))
            #expect(server.shellInput.hasSuffix("18,19,"))
        }
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import MockAgentServer

@Suite("Terminals", .timeLimit(.minutes(1)))
struct TerminalStreamTests {
    private static let prompt = "\u{1B}[?2004huser@host:/srv/ws# "

    private static func with(
        _ body: (MockServer, WebSocketURL) async throws -> Void
    ) async throws {
        try await withMockServer { server in
            let started = try await RawHTTP.ask(
                server.port,
                "POST",
                "/api/v1/shell/terminal/start",
                body: #"{"terminal_id":"t 1","cols":100,"rows":30}"#
            )
            #expect(started.status == 200)
            try await body(server, try WebSocketURL("\(server.url)/api/v1/shell/terminal/t%201/stream"))
        }
    }

    private static func next(_ connection: WebSocketConnection) async throws -> WebSocketMessage? {
        for try await message in connection.messages { return message }
        return nil
    }

    @Test("A client gets the scrollback in one binary message, then the output; input is echoed to all clients")
    func output() async throws {
        try await Self.with { _, url in
            try await WebSocketClient.withConnection(to: url) { first in
                let replay = try await Self.next(first)
                #expect(replay == WebSocketMessage(binary: Array(Self.prompt.utf8)))
                try await first.send(binary: Array("ls\r".utf8))
                #expect(try await Self.next(first) == WebSocketMessage(binary: Array("ls\r".utf8)))
                try await WebSocketClient.withConnection(to: url) { second in
                    let replay = try await Self.next(second)
                    #expect(replay == WebSocketMessage(binary: Array("\(Self.prompt)ls\r".utf8)))
                    try await second.send(text: "✓")
                    for connection in [first, second] {
                        #expect(try await Self.next(connection) == WebSocketMessage(binary: Array("✓".utf8)))
                    }
                }
            }
        }
    }

    @Test("The scrollback has at most 16,384 bytes, and no message of output more than 4095")
    func scrollback() async throws {
        try await Self.with { server, url in
            try await WebSocketClient.withConnection(to: url) { first in
                _ = try await Self.next(first)
                let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
                #expect(server.sendToTerminal(bytes, id: "t 1"))
                var received: [UInt8] = []
                while received.count < bytes.count, let message = try await Self.next(first) {
                    #expect(message.bytes.count <= 4095)
                    received += message.bytes
                }
                #expect(received == bytes)
                try await WebSocketClient.withConnection(to: url) { second in
                    let replay = try await Self.next(second)
                    #expect(replay == WebSocketMessage(binary: bytes.suffix(16_384)))
                }
            }
        }
    }

    @Test("The byte 1 and a size resize; other bytes after it are input")
    func resize() async throws {
        try await Self.with { server, url in
            #expect(server.terminalSize("t 1") == TerminalSize(columns: 100, rows: 30))
            try await WebSocketClient.withConnection(to: url) { connection in
                _ = try await Self.next(connection)
                try await connection.send(binary: [1] + Array(#"{"cols":77,"rows":22}"#.utf8))
                try await connection.send(binary: [1, 65])
                #expect(try await Self.next(connection) == WebSocketMessage(binary: [1, 65]))
                #expect(server.terminalSize("t 1") == TerminalSize(columns: 77, rows: 22))
            }
            #expect(server.terminalSize("none") == nil)
            #expect(!server.sendToTerminal([1], id: "none"))
        }
    }

    @Test("A deleted terminal leaves its sockets open, and nothing comes any more")
    func delete() async throws {
        try await Self.with { server, url in
            try await WebSocketClient.withConnection(to: url) { connection in
                _ = try await Self.next(connection)
                let deleted = try await RawHTTP.ask(server.port, "DELETE", "/api/v1/shell/terminal/t%201")
                #expect(deleted.text == #"{"status":"stopped","terminal_id":"t 1"}"#)
                try await connection.send(binary: [65])
                _ = try await connection.ping()
                #expect(connection.closure == nil)
                #expect(connection.statistics.received.messages == 1)
            }
        }
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite(
    "Our client against the server of Python's websockets",
    .enabled(if: PythonPrograms.areAvailable, "run scripts/python-env"),
    .timeLimit(.minutes(1))
)
struct PythonServerTests {
    /// Runs the server, and `body` with a connection to one of its paths.
    private func withConnection(
        _ path: String,
        _ change: (inout WebSocketClientConfiguration) -> Void = { _ in },
        _ body: (WebSocketConnection, PythonPrograms.Running) async throws -> Void
    ) async throws {
        let server = try PythonPrograms.start("server.py")
        defer { server.end() }
        let line = try await server.line(0)
        let port = try #require(Int(line))
        var configuration = WebSocketClientConfiguration()
        configuration.connection = .test
        change(&configuration)
        let url = try WebSocketURL.local(port, path: path)
        try await WebSocketClient.withConnection(to: url, configuration: configuration) { connection in
            try await body(connection, server)
        }
    }

    @Test("Text and binary of every length come back as they were")
    func echo() async throws {
        try await self.withConnection("/echo") { connection, _ in
            var iterator = connection.messages.makeAsyncIterator()
            for count in [0, 1, 125, 126, 65_535, 65_536, 1_048_576] {
                let text = String(repeating: "x", count: count)
                try await connection.send(text: text)
                #expect(try await iterator.next()?.text == text)
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
                try await connection.send(binary: bytes)
                #expect(try await iterator.next() == WebSocketMessage(binary: bytes))
            }
            try await connection.send(text: "täxt 𝄞")
            #expect(try await iterator.next()?.text == "täxt 𝄞")
        }
    }

    @Test("A thousand messages of ten tasks come back, each once")
    func many() async throws {
        try await self.withConnection("/echo") { connection, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        for index in 0..<100 { try await connection.send(text: "\(task) \(index)") }
                    }
                }
                try await group.waitForAll()
            }
            let texts = try await connection.texts(1000)
            #expect(Set(texts).count == 1000)
        }
    }

    @Test("Fragmented messages arrive whole")
    func fragments() async throws {
        try await self.withConnection("/fragments") { connection, _ in
            var iterator = connection.messages.makeAsyncIterator()
            let text = try await iterator.next()
            #expect(text?.text == "fragmented täxt")
            let binary = [UInt8](repeating: 0, count: 70_000) + [1] + [UInt8](repeating: 2, count: 200)
            let second = try await iterator.next()
            #expect(second == WebSocketMessage(binary: binary))
        }
    }

    @Test("Pings are answered both ways")
    func ping() async throws {
        try await self.withConnection("/ping") { connection, _ in
            let roundTrip = try await connection.ping()
            #expect(roundTrip > .zero)
            #expect(try await connection.texts(1) == ["all answered"])
        }
    }

    @Test("The server's close code and reason arrive", arguments: [1000, 1001, 1011, 3000, 4999])
    func serverCloses(code: UInt16) async throws {
        try await self.withConnection("/close") { connection, _ in
            try await connection.send(text: "\(code)")
            try await connection.send(text: "because")
            #expect(try await connection.texts() == [])
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
            #expect(closure.received == CloseFrame(CloseCode(rawValue: code), reason: "because"))
        }
    }

    @Test("Our close code and reason arrive, and the close is clean")
    func clientCloses() async throws {
        try await self.withConnection("/report") { connection, server in
            let closure = await connection.close(CloseCode(rawValue: 4321), reason: "enough")
            #expect(closure.isClean)
            let line = try await server.line(1)
            #expect(line == "4321 enough")
        }
    }

    @Test("A subprotocol is agreed on")
    func subprotocol() async throws {
        try await self.withConnection("/echo", { $0.subprotocols = ["v0", "v1"] }) { connection, _ in
            #expect(connection.subprotocol == "v1")
        }
    }
}

import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Bench endpoints", .timeLimit(.minutes(1)))
struct BenchEndpointsTests {
    private static func with(
        _ target: String,
        _ body: (WebSocketConnection) async throws -> Void
    ) async throws {
        try await withMockServer { server in
            try await WebSocketClient.withConnection(to: try WebSocketURL(server.url + target), body)
        }
    }

    @Test(
        "recv sends so many messages of a size and closes with 1000",
        arguments: [(0, 5), (1, 0), (10_000, 64), (3, 200_000)],
        [MessageKind.text, .binary]
    )
    func receive(load: (count: Int, size: Int), kind: MessageKind) async throws {
        let query = "count=\(load.count)&size=\(load.size)&kind=\(kind == .text ? "text" : "binary")"
        try await Self.with("/bench/recv?\(query)") { connection in
            var count = 0
            for try await message in connection.messages {
                count += 1
                #expect(message.kind == kind && message.bytes.count == load.size)
            }
            #expect(count == load.count)
            #expect(await connection.close().received?.code == .normalClosure)
        }
    }

    @Test("events sends the generated mix", arguments: [1, 5000])
    func events(count: Int) async throws {
        try await Self.with("/bench/events?count=\(count)") { connection in
            let (events, closure) = await StreamClient(connection: connection).rest()
            var generator = EventGenerator(seed: 1)
            let first = (0..<min(count, 100)).map { _ in generator.next() }
            #expect(Array(events.prefix(100)) == first)
            #expect(events.count == count)
            #expect(closure.received?.code == .normalClosure)
        }
    }

    @Test("echo sends every message back as it is")
    func echo() async throws {
        try await Self.with("/bench/echo") { connection in
            let messages = [
                WebSocketMessage(text: "✓"), WebSocketMessage(binary: []),
                WebSocketMessage(binary: [UInt8](repeating: 200, count: 70_000)), WebSocketMessage(text: "count"),
            ]
            for message in messages { try await connection.send(message) }
            var received: [WebSocketMessage] = []
            for try await message in connection.messages {
                received.append(message)
                if received.count == messages.count { break }
            }
            #expect(received == messages)
        }
    }

    @Test("sink counts messages and bytes, and says so when asked")
    func sink() async throws {
        try await Self.with("/bench/sink") { connection in
            for _ in 0..<1000 { try await connection.send(binary: [1, 2, 3]) }
            try await connection.send(binary: Array("count".utf8))
            try await connection.send(text: "count")
            for try await message in connection.messages {
                #expect(message.text == #"{"msgs":1001,"bytes":3005}"#)
                break
            }
        }
    }

    @Test(
        "A query that makes no sense is refused with 400 and says why",
        arguments: [
            ("recv", "size must"), ("recv?size=1", "count must"), ("recv?count=1", "size must"),
            ("recv?count=-1&size=1", #"got \"-1\""#), ("recv?count=1&size=99999999", "67108864"),
            ("recv?count=1&size=1&kind=x", "kind must"), ("events?count=x", "count must"),
        ]
    )
    func badQuery(target: String, text: String) async throws {
        try await withMockServer { server in
            let refusal = try await refusal(of: "/bench/\(target)", on: server)
            #expect(refusal?.status == 400)
            #expect(refusal?.text.contains(text) == true, "\(refusal?.text ?? "")")
        }
    }

    @Test("An unknown endpoint is refused with 404")
    func unknown() async throws {
        try await withMockServer { server in
            let answer = try await refusal(of: "/bench/x", on: server)
            #expect(answer?.status == 404)
        }
    }
}

import CommandIO
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import wsstream

@Suite("The measured loops", .timeLimit(.minutes(1)))
struct BenchLoopsTests {
    @Test(
        "recv takes as many as asked, or what there is before a normal close",
        arguments: [
            (10, 10), (9, 9), (0, 0), (50, 10),
        ]
    )
    func receives(asked: Int, expected: Int) async throws {
        let tally = try await Self.run("/bench/recv?count=10&size=7") { try await BenchLoops.receive(asked, from: $0) }
        #expect(tally == BenchTally(messages: expected, bytes: expected * 7))
    }

    @Test("events decodes each message")
    func decodes() async throws {
        let tally = try await Self.run("/bench/events?count=100") { try await BenchLoops.decode(100, from: $0) }
        #expect(tally.messages == 100)
        #expect(tally.bytes > 10_000)
        #expect(tally.malformed == 0)
    }

    @Test("events counts frames that can't be read")
    func countsMalformed() async throws {
        let tally = try await Self.run("/bench/recv?count=3&size=9") { try await BenchLoops.decode(3, from: $0) }
        #expect(tally == BenchTally(messages: 3, bytes: 27, malformed: 3))
    }

    @Test("echo measures each round trip", arguments: [0, 1, 125, 65_536])
    func echoes(size: Int) async throws {
        let tally = try await Self.run("/bench/echo") { try await BenchLoops.echo(5, size: size, on: $0) }
        #expect((tally.messages, tally.bytes) == (5, 5 * size))
        #expect(tally.latencies?.count == 5)
        #expect(try #require(tally.latencies?.quantile(0.5)) > 0)
    }

    @Test("echo skips other messages, and reports when the server leaves")
    func echoNeedsAnEcho() async throws {
        await #expect(throws: BenchError.closedEarly(after: 0, of: 1)) {
            try await Self.run("/bench/recv?count=3&size=4") { try await BenchLoops.echo(1, size: 4, on: $0) }
        }
    }

    @Test("sink has the server's count, or its answer to the close", arguments: [true, false])
    func sinks(waits: Bool) async throws {
        let tally = try await Self.run("/bench/sink") {
            try await BenchLoops.sink(1000, size: 100, on: $0, waits: waits)
        }
        #expect(tally == BenchTally(messages: 1000, bytes: 100_000))
    }

    @Test("sink does not believe a wrong count")
    func sinkChecks() async throws {
        let error = await #expect(throws: BenchError.self) {
            try await Self.run("/bench/echo") { try await BenchLoops.sink(2, size: 3, on: $0, waits: true) }
        }
        #expect(error == .miscounted(sent: #"{"msgs":2,"bytes":6}"#, answer: "xxx"))
        #expect(error?.status == .protocolError)
    }

    @Test("sink does not take an unanswered close for a success")
    func sinkNeedsAnAnswer() async throws {
        try await DeafServer.with { server in
            var configuration = WebSocketClientConfiguration()
            configuration.connection.closing.timeout = .milliseconds(100)
            let url = try WebSocketURL(server.url)
            let connection = try await WebSocketClient.connect(to: url, configuration: configuration)
            await server.waitUntilDeaf()
            let error = await #expect(throws: BenchError.self) {
                try await BenchLoops.sink(1, size: 1, on: connection, waits: false)
            }
            #expect(error == .closeUnanswered)
            #expect(error?.status == .connectionLost)
        }
    }

    private static func run(
        _ path: String,
        _ loop: @escaping @Sendable (WebSocketConnection) async throws -> BenchTally
    ) async throws -> BenchTally {
        try await withMockServer { server in
            let url = try WebSocketURL(host: "127.0.0.1", port: server.port, path: path)
            return try await withTimeout(path) { try await WebSocketClient.withConnection(to: url, loop) }
        }
    }
}

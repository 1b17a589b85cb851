import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Terminals", .timeLimit(.minutes(1)))
struct TerminalTests {
    private static let prompt = "\u{1B}[?2004huser@host:/srv/ws# "
    private static let bufferCall = "GET /api/v1/shell/terminal/:id/buffer"

    /// Runs a test with a client of a mock server; both must have nothing left at the end.
    private static func with(
        _ configuration: MockServerConfiguration = MockServerConfiguration(),
        _ body: (MockServer, AgentRuntimeClient) async throws -> Void
    ) async throws {
        try await withMockServer(configuration) { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            try await body(server, client)
            #expect(await client.close().isEmpty)
            #expect(client.tasks.isEmpty)
            try await server.waitForSockets(0)
        }
    }

    private static func with(
        _ fault: AnswerFault.Kind,
        _ body: (MockServer, AgentRuntimeClient) async throws -> Void
    ) async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.faults.answers = [AnswerFault(Self.bufferCall, fault)]
        try await Self.with(configuration, body)
    }

    private static func open(_ client: AgentRuntimeClient, _ id: String) async throws -> TerminalStream {
        try await client.control.startTerminal(id: id, columns: 100, rows: 30)
        return try await client.openTerminal(id: id)
    }

    private static func size(_ server: MockServer, _ id: String) -> [Int]? {
        server.terminalSize(id).map { [$0.columns, $0.rows] }
    }

    /// Takes chunks until their bytes end with a text.
    private static func chunks(_ stream: TerminalStream, until end: String) async throws -> [TerminalChunk] {
        var (chunks, bytes): ([TerminalChunk], [UInt8]) = ([], [])
        for try await chunk in stream.output {
            chunks.append(chunk)
            bytes += chunk.bytes
            if bytes.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
        }
        return chunks
    }

    @Test("The replayed output is one chunk, which is marked; what comes later is not")
    func scrollback() async throws {
        try await Self.with { server, client in
            try await client.control.startTerminal(id: "t")
            server.sendToTerminal(Array(repeating: 0x78, count: 20_000), id: "t")
            let stream = try await client.openTerminal(id: "t")
            #expect(stream.hadOutput == true)
            server.sendToTerminal(Array("new".utf8), id: "t")
            let chunks = try await Self.chunks(stream, until: "new")
            #expect(chunks.map(\.isScrollback) == [true, false])
            #expect(chunks.map(\.bytes.count) == [16_384, 3])
            #expect(stream.statistics.binary == 2)
        }
    }

    @Test("Output of a terminal that had none before is not called scrollback, although it is the first")
    func noScrollback() async throws {
        var configuration = MockServerConfiguration()
        configuration.hasTerminalPrompt = false
        try await Self.with(configuration) { server, client in
            let stream = try await Self.open(client, "t")
            #expect(stream.hadOutput == false)
            server.sendToTerminal(Array("new".utf8), id: "t")
            #expect(try await Self.chunks(stream, until: "new") == [TerminalChunk(bytes: Array("new".utf8))])
        }
    }

    @Test("If the runtime does not tell whether there is scrollback, the first chunk is marked, and hadOutput is nil")
    func unknownScrollback() async throws {
        try await Self.with(.failure(status: 500, message: "busy")) { _, client in
            let stream = try await Self.open(client, "t")
            #expect(stream.hadOutput == nil)
            #expect(try await Self.chunks(stream, until: Self.prompt).map(\.isScrollback) == [true])
        }
    }

    @Test("Input is echoed as it is; an id is one segment of the path", arguments: ["t", "a b/ü?%.", "\u{1B}[0m"])
    func input(id: String) async throws {
        try await Self.with { server, client in
            let stream = try await Self.open(client, id)
            _ = try await Self.chunks(stream, until: Self.prompt)
            try await stream.send([])
            try await stream.send([0xC3, 0x28, 0, 1])
            #expect(try await stream.output.first { _ in true }?.bytes == [0xC3, 0x28, 0, 1])
            #expect(Self.size(server, id) == [100, 30])
            #expect(client.tasks.allSatisfy { !$0.slot.utf8.contains(0x1B) })
        }
    }

    @Test("A new size reaches the terminal, and is no input; an impossible one is refused here")
    func resize() async throws {
        try await Self.with { server, client in
            let stream = try await Self.open(client, "t")
            try await stream.resize(columns: 77, rows: 22)
            try await stream.send("x".utf8)
            let chunks = try await Self.chunks(stream, until: "x")
            #expect(chunks.map { String(decoding: $0.bytes, as: UTF8.self) } == [Self.prompt, "x"])
            #expect(Self.size(server, "t") == [77, 22])
            for (columns, rows) in [(0, 1), (1, 0), (-1, 1), (1, 65_536), (.max, .max)] {
                let error = await #expect(throws: AgentRuntimeError.self) {
                    try await stream.resize(columns: columns, rows: rows)
                }
                #expect(error?.code == .invalidConfiguration)
            }
        }
    }

    @Test("Input that looks like a new size is input: it is echoed, and the size stays")
    func inputLikeASize() async throws {
        try await Self.with { server, client in
            let stream = try await Self.open(client, "t")
            _ = try await Self.chunks(stream, until: Self.prompt)
            let size = #"{"cols":1,"rows":1}"#
            try await stream.send([1] + Array(size.utf8))
            try await stream.send("end".utf8)
            let chunks = try await Self.chunks(stream, until: "end")
            #expect(chunks.map(\.bytes) == [[1], Array(size.utf8), Array("end".utf8)])
            #expect(Self.size(server, "t") == [100, 30])
        }
    }

    @Test("Many terminals are open at a time, each with its own output; one of them is open once")
    func many() async throws {
        try await Self.with { _, client in
            var streams: [TerminalStream] = []
            for index in 0..<5 { streams.append(try await Self.open(client, "t\(index)")) }
            let refused = await #expect(throws: AgentRuntimeError.self) { try await client.openTerminal(id: "t3") }
            #expect(refused?.code == .alreadyOpen)
            for stream in streams { try await stream.send("\(stream.id)\r".utf8) }
            for stream in streams {
                let chunks = try await Self.chunks(stream, until: "\(stream.id)\r")
                #expect(chunks.count == 2)
            }
            #expect(client.tasks.count == 10)
            #expect(await streams[3].close().description == "closed")
            #expect(streams[3].isConnectionClosed)
            #expect(client.tasks.count == 8)
            let again = try await client.openTerminal(id: "t3")
            #expect(try await Self.chunks(again, until: "t3\r").map(\.isScrollback) == [true])
        }
    }

    @Test("A terminal that does not exist has its own error; a 404 that is not agentctl's stays a refusal")
    func unknown() async throws {
        try await Self.with { _, client in
            let error = await #expect(throws: AgentRuntimeError.self) { try await client.openTerminal(id: "no\u{1B}") }
            #expect(error?.code == .terminalNotFound && error?.httpStatus == 404 && error?.retry == .never)
            #expect(error?.message.utf8.contains(0x1B) == false)
            for id in ["", ".", ".."] {
                let error = await #expect(throws: AgentRuntimeError.self) { try await client.openTerminal(id: id) }
                #expect(error?.code == .invalidConfiguration)
            }
            #expect(client.tasks.isEmpty)
        }
        try await withMockServer { server in
            let endpoint = try RuntimeEndpoint("\(server.url)/somewhere")
            try await AgentRuntimeClient.withClient(endpoint: endpoint) { client in
                let error = await #expect(throws: AgentRuntimeError.self) { try await client.openTerminal(id: "t") }
                #expect(error?.code == .refused && error?.httpStatus == 404)
            }
        }
    }

    @Test("A terminal of a scope is new, and is deleted at its end: after a value, an error, and a cancellation")
    func scope() async throws {
        try await Self.with { server, client in
            let id = try await client.withTerminal(columns: 99, rows: 9) { stream in
                #expect(Self.size(server, stream.id) == [99, 9])
                return stream.id
            }
            #expect(server.terminalSize(id) == nil)
            let ids = Locked<[String]>([id])
            await #expect(throws: TestError.self) {
                try await client.withTerminal { stream in
                    ids.withLock { $0.append(stream.id) }
                    throw TestError()
                }
            }
            let task = Task {
                try await client.withTerminal { stream in
                    ids.withLock { $0.append(stream.id) }
                    for try await _ in stream.output {}
                }
            }
            try await eventually("the terminal is open") { ids.withLock { $0.count } == 3 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let all = ids.withLock { $0 }
            #expect(Set(all).count == 3)
            #expect(all.allSatisfy { server.terminalSize($0) == nil })
        }
    }

    private struct TestError: Error {}

    @Test("While the runtime is asked for scrollback, cancelling and closing end the attempt")
    func endsWhileAsking() async throws {
        try await Self.with(.silence) { server, client in
            try await client.control.startTerminal(id: "t")
            func open(after count: Int) async throws -> Task<TerminalStream, any Error> {
                let opening = Task { try await client.openTerminal(id: "t") }
                try await server.waitForRequests(count)
                return opening
            }
            let cancelled = try await open(after: 2)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(client.tasks.isEmpty)
            let first = try await open(after: 3)
            #expect(await client.closeStreams().isEmpty)
            let closed = await #expect(throws: AgentRuntimeError.self) { try await first.value }
            #expect(closed?.code == .closedWhileDialling)
            let second = try await open(after: 4)
            #expect(await client.close().isEmpty)
            let over = await #expect(throws: AgentRuntimeError.self) { try await second.value }
            #expect(over?.code == .closedWhileDialling)
        }
    }

    @Test("A stream ends with its server, by an abort, and with all streams; later input is refused")
    func ends() async throws {
        try await Self.with { server, client in
            let aborted = try await Self.open(client, "a")
            #expect(await aborted.abort().description == "aborted")
            let closed = try await Self.open(client, "b")
            #expect(await client.closeStreams().isEmpty)
            #expect(closed.state.isDrained && closed.end?.description == "closed")
            let ended = try await Self.open(client, "c")
            await server.closeAll(.goingAway)
            #expect(try await ended.waitUntilDrained().closeCode == .goingAway)
            #expect(try await ended.output.reduce(0) { count, _ in count + 1 } == 1)
            for stream in [aborted, closed, ended] {
                let error = await #expect(throws: AgentRuntimeError.self) { try await stream.send([1, 2]) }
                #expect(error?.code == .streamClosed)
            }
            let lost = try await Self.open(client, "d")
            server.abortAll()
            let error = await #expect(throws: AgentRuntimeError.self) {
                for try await _ in lost.output {}
            }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test("After a terminal was deleted, its stream stays open, and nothing comes")
    func deleted() async throws {
        try await Self.with { _, client in
            let stream = try await Self.open(client, "t")
            _ = try await Self.chunks(stream, until: Self.prompt)
            try await client.control.deleteTerminal(id: "t")
            try await stream.send("x".utf8)
            let taking = Task { try await stream.output.first { _ in true } }
            try await Task.sleep(for: .milliseconds(50))
            #expect(stream.state.description == "open")
            taking.cancel()
            await #expect(throws: CancellationError.self) { try await taking.value }
        }
    }

    @Test("A consumer that leaves its loop loses no chunk; two at a time are refused")
    func consumers() async throws {
        try await Self.with { _, client in
            let stream = try await Self.open(client, "t")
            _ = try await Self.chunks(stream, until: Self.prompt)
            for index in 0..<20 { try await stream.send("\(index) ".utf8) }
            for index in 0..<20 {
                let chunk = try await stream.output.first { _ in true }
                #expect(chunk?.bytes == Array("\(index) ".utf8))
            }
            let waiting = Task { try await stream.output.first { _ in true } }
            try await eventually("a task waits") { stream.core.events.mailbox.isAwaited }
            let error = await #expect(throws: AgentRuntimeError.self) { try await stream.output.first { _ in true } }
            #expect(error?.code == .alreadyReceiving)
            await stream.close()
            #expect(try await waiting.value == nil)
        }
    }
}

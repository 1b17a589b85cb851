import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Two kinds of stream in one client", .timeLimit(.minutes(1)))
struct StreamKindTests {
    private typealias Lines = (core: StreamCore<LineStreamKind>, connection: ScriptedConnection)

    private static func openLines(_ fixture: ClientFixture) async throws -> Lines {
        let index = fixture.transport.dials.count
        async let core = fixture.client.driver.open(LineStreamKind())
        let connection = try await fixture.dial(index).succeed()
        return (try await core, connection)
    }

    @Test("Each kind is dialled at its own path, and uses its own slot")
    func slots() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        let lines = try await Self.openLines(fixture)
        #expect(fixture.transport.dials.map(\.target.path) == [AgentctlAPI.workspaceStreamPath, "/api/v1/lines"])
        #expect(fixture.transport.dials.map(\.target.query) == [nil, "from=7"])
        let refused = await #expect(throws: AgentRuntimeError.self) {
            try await fixture.client.driver.open(LineStreamKind())
        }
        #expect(refused?.code == .alreadyOpen)
        fixture.client.driver.close(lines.core, .closed)
        #expect(await fixture.client.driver.waitUntilDrained(lines.core).value == .closed)
        #expect(stream.state.value == .open)
        #expect(fixture.client.tasks.map(\.task) == [.reader, .writer])
        let again = try await Self.openLines(fixture)
        #expect(fixture.client.driver.state(of: again.core).value == .open)
        await fixture.client.close()
    }

    @Test("Closing the client closes both streams and waits for both; tasks that are left behind are listed")
    func closesBoth() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        let lines = try await Self.openLines(fixture)
        lines.connection.ignoreAbort()
        let closing = Task { await fixture.client.close() }
        #expect(try await stream.waitUntilDrained().value == .closedByClient)
        try await eventually("only the lines are left") { lines.connection.closeCodes.count == 1 }
        #expect(fixture.client.driver.state(of: lines.core).value == .closing(.closedByClient))
        fixture.timers.fireAll()
        let left = await closing.value
        #expect(left.map(\.slot) == ["lines", "lines"] && left.map(\.task) == [.reader, .writer])
        lines.connection.end()
        #expect(await fixture.client.close().isEmpty)
        #expect(fixture.client.tasks.isEmpty)
        #expect(fixture.client.driver.state(of: lines.core).isDrained)
    }

    @Test("A close in one slot names the tasks that are left in that slot, and no task of another slot")
    func leftBehind() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let lines = try await Self.openLines(fixture)
        connection.ignoreAbort()
        let closing = Task { await stream.close() }
        try await eventually("the writer closes") { connection.closeCodes.count == 1 }
        try await eventually("close waits") { fixture.timers.delays.count == 1 }
        fixture.timers.fireAll()
        let left = await closing.value.leftBehind
        #expect(left.map(\.slot) == ["workspace", "workspace"] && left.map(\.task) == [.reader, .writer])
        #expect(fixture.client.tasks.map(\.slot) == ["workspace", "workspace", "lines", "lines"])
        connection.end()
        try await eventually("the stream is gone") { fixture.client.tasks.count == 2 }
        #expect(fixture.client.driver.state(of: lines.core).value == .open)
        await fixture.client.close()
    }

    @Test("Closing the client ends a dial in one slot and a stream in another")
    func closesDialAndStream() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        let opening = Task { try await fixture.client.driver.open(LineStreamKind()) }
        let dial = try await fixture.dial(1)
        #expect(await fixture.client.close().isEmpty)
        #expect(dial.isCancelled)
        #expect(stream.state.isDrained)
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .closedWhileDialling)
    }

    @Test("Over real sockets, a close that races the opening of both streams leaves no task")
    func closeRacesBoth() async throws {
        try await withHoldingServer { server in
            for iteration in 0..<50 {
                let tasks = TaskWatch()
                let client = try AgentRuntimeClient(endpoint: server.endpoint, spawn: tasks.spawn)
                let upgrades = server.upgradeCount
                let opening = Task { try await client.openWorkspaceStream() }
                let openingLines = Task { try await client.driver.open(LineStreamKind()) }
                try await eventually("upgrade \(iteration)") { server.upgradeCount > upgrades }
                #expect(await client.close().isEmpty, "iteration \(iteration)")
                // A task that runs now, or starts later, has escaped the barrier.
                tasks.closeReturned()
                #expect(client.tasks.isEmpty, "iteration \(iteration)")
                if let stream = try? await opening.value { #expect(stream.isConnectionClosed) }
                if let lines = try? await openingLines.value { #expect(lines.connection.isClosed) }
                #expect(tasks.escaped.isEmpty, "iteration \(iteration)")
            }
            try await eventually("no socket is left") { server.connectionCount == 0 }
        }
    }

    @Test("Over real sockets, each stream carries and counts its own messages, and closing the client ends both")
    func overSockets() async throws {
        let server = try await WebSocketServer.bind()
        let targets = Locked<[String]>([])
        async let running: Void = server.run { request in
            targets.withLock { $0.append(request.head.target) }
            guard let connection = try? await request.accept() else { return }
            try? await connection.send(text: #"{"type":"connected","timestamp":1}"#)
            do { for try await message in connection.messages { try await connection.send(message) } } catch {}
            _ = try? await connection.waitUntilClosed()
        }
        let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:\(server.port)?key=k"))
        let stream = try await client.openWorkspaceStream()
        let lines = try await client.driver.open(LineStreamKind())
        let expected = ["\(AgentctlAPI.workspaceStreamPath)?key=k", "/api/v1/lines?key=k&from=7"]
        #expect(targets.withLock { $0 } == expected)
        #expect(try await stream.events.first { _ in true }?.type == .connected)
        for index in 0..<20 { try await lines.commands.send("line \(index)") }
        var received: [String] = []
        while received.count < 21, case .batch(let batch) = await lines.events.mailbox.next() { received += batch }
        #expect(Array(received.dropFirst()) == (0..<20).map { "line \($0)" })
        #expect(lines.statistics.events == 21)
        #expect(stream.statistics.events == 1)
        #expect(await client.close().isEmpty)
        #expect(client.tasks.isEmpty)
        #expect(stream.isConnectionClosed)
        #expect(lines.connection.isClosed)
        guard case .finished(nil) = await lines.events.mailbox.next() else {
            Issue.record("the lines go on")
            return
        }
        await server.close()
        await running
    }
}

@Suite("The URL of a dial")
struct StreamTargetTests {
    private static func url(_ endpoint: String, _ path: String, _ query: String?) throws -> String {
        try StreamTarget(endpoint: RuntimeEndpoint(endpoint), path: path, query: query).url.target
    }

    @Test(
        "Another stream is beside the workspace stream: behind the same prefix, with the same query",
        arguments: [
            ("ws://h", "/api/v1/lines"), ("ws://h/", "/api/v1/lines"), ("ws://h?a=1", "/api/v1/lines?a=1"),
            ("wss://h/gate/7/api/v1/workspace/stream?a=/b", "/gate/7/api/v1/lines?a=/b"),
            ("wss://h/gate/7/?a=/b", "/gate/7/api/v1/lines?a=/b"),
            ("ws+unix:/s:", "/api/v1/lines"),
        ]
    )
    func beside(endpoint: String, target: String) throws {
        #expect(try Self.url(endpoint, "/api/v1/lines", nil) == target)
        let separator = target.contains("?") ? "&" : "?"
        #expect(try Self.url(endpoint, "/api/v1/lines", "from=7") == "\(target)\(separator)from=7")
    }
}

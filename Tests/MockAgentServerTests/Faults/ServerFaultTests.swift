import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Faults of the whole server", .timeLimit(.minutes(1)))
struct ServerFaultTests {
    private static func output(_ id: String, _ text: String) -> WorkspaceEvent {
        let output = ProcessOutput(processID: id, stream: .standardOutput, data: text)
        return WorkspaceEvent(.processOutput(output), timestamp: nil)
    }

    private static func process(_ id: String) -> WorkspaceEvent {
        WorkspaceEvent(.processStatus(ProcessStatus(processID: id, status: .running)), timestamp: nil)
    }

    @Test("While the server stalls, events wait in channels; more are dropped, but the rings have them")
    func channels() async throws {
        var configuration = MockServerConfiguration()
        configuration.hasShell = true
        configuration.channelSlots = ChannelSlots(tracker: 2, shell: 3)
        try await withStream(configuration: configuration) { server, client in
            try await server.waitForConnections(1)
            server.broadcast(Self.process("p"))
            #expect(try await client.events(3).map(\.type) == [.connected, .gitStatus, .processStatus])
            server.stallAll()
            #expect((1...5).map { server.broadcast(.shell("\($0)")) } == [1, 1, 1, 0, 0])
            #expect((1...4).map { server.broadcast(Self.output("p", "\($0)")) } == [1, 1, 0, 0])
            server.resumeAll()
            let events = try await client.events(5)
            #expect(events.filter { $0.type == .shellOutput } == ["1", "2", "3"].map(WorkspaceEvent.shell))
            #expect(events.filter { $0.type == .processOutput }.count == 2)
            #expect(server.streamCounts.map(\.sent) == [6])
            #expect(server.streamCounts.map(\.dropped) == [4])
            #expect(server.shellRing == "12345")
            #expect(server.processRing("p")?.map(\.data) == ["1", "2", "3", "4"])
            // Both channels have room again.
            #expect(server.broadcast(.shell("6")) == 1)
            #expect(try await client.events(1) == [.shell("6")])
        }
    }

    @Test("The output of a process has a timestamp of its own in nanoseconds, and its ring is bounded")
    func rings() async throws {
        var configuration = MockServerConfiguration()
        configuration.processOutputBytes = 10
        try await withMockServer(configuration) { server in
            server.broadcast(Self.process("p"))
            for number in 0..<2000 { server.broadcast(Self.output("p", "\(number % 10)")) }
            let ring = try #require(server.processRing("p"))
            #expect(ring.map(\.data).joined() == "0123456789")
            #expect(Set(ring.map(\.timestamp)).count == 10)
            #expect(ring.map(\.timestamp.rawValue) == ring.map(\.timestamp.rawValue).sorted())
            #expect(ring.allSatisfy { $0.timestamp.instant != nil && $0.timestamp.rawValue.utf8.count == 30 })
        }
    }

    @Test("What happens before the attach is not sent, and the statuses are the last ones")
    func lateAttach() async throws {
        let clock = ManualMockClock()
        var configuration = MockServerConfiguration()
        configuration.attachDelay = .seconds(5)
        configuration.clock = clock
        try await withStream(configuration: configuration) { server, client in
            await clock.waitForSleepers(1)
            #expect(server.broadcast(.shell("before")) == 0)
            server.broadcast(WorkspaceEvent(.gitStatus(GitStatus(modified: [], headCommit: "c1")), timestamp: nil))
            clock.advance(by: .seconds(5))
            try await server.waitForConnections(1)
            server.broadcast(.shell("after"))
            let events = try await client.events(3)
            #expect(events.map(\.type) == [.connected, .gitStatus, .shellOutput])
            guard case .gitStatus(let status) = events[1].content else { return }
            #expect(status.headCommit == "c1")
            #expect(events[2] == .shell("after"))
        }
    }

    @Test("A frame is cut in its middle; the ring has the event")
    func cut() async throws {
        try await withStream { server, client in
            try await server.waitForConnections(1)
            server.cutAll(in: .shell("half"))
            let (events, closure) = await client.rest()
            #expect(events.map(\.type) == [.connected, .gitStatus])
            #expect(!closure.isClean)
            #expect(server.shellRing == "half")
        }
    }

    @Test("A restart ends every socket without a Close frame; repositories stay, shell and processes only on request")
    func restart() async throws {
        var configuration = MockServerConfiguration()
        (configuration.hasShell, configuration.instanceID) = (true, "one")
        var server = try await MockServer.start(configuration)
        let port = server.port
        let connection = try await WebSocketClient.connect(to: server.streamURL)
        server.broadcast(.shell("text"))
        server.broadcast(Self.process("p"))
        server.broadcast(WorkspaceEvent(.gitStatus(GitStatus(modified: [], headCommit: "c1")), timestamp: nil))
        server = try await server.restart(MockRestart(keepsProcesses: true))
        #expect(try await connection.waitUntilClosed().received == nil)
        #expect((server.port, server.shellRing, server.runningProcesses) == (port, "text", ["p"]))
        server = try await server.restart(MockRestart(instanceID: "two"))
        #expect((server.port, server.shellRing, server.runningProcesses) == (port, "", []))
        #expect(server.statuses.map(\.headCommit) == ["c1"])
        let refused = try await refusal(on: server, fields: ["X-Instance-ID": "one"])
        #expect(refused?.status == 404)
        await server.stop()
    }

    @Test("If a restart leaves ghosts, their streams stay open and silent, and another instance has the port")
    func ghosts() async throws {
        let old = try await MockServer.start()
        let connection = try await WebSocketClient.connect(to: old.streamURL)
        try await old.waitForConnections(1)
        let server = try await old.restart(MockRestart(instanceID: "two", leavesGhosts: true))
        #expect(server.port == old.port)
        _ = try await connection.ping()
        try await WebSocketClientPair.with(server) { second in
            let events = try await second.events(1)
            #expect(events.map(\.type) == [.connected])
        }
        await old.stop()
        await server.stop()
        #expect(connection.closure != nil)
    }
}

import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("A fleet for a test", .timeLimit(.minutes(1)))
struct MockFleetTests {
    private static func connect(to fleet: MockFleet) async throws -> [WebSocketConnection] {
        var connections: [WebSocketConnection] = []
        for runtime in fleet.runtimes {
            connections.append(try await WebSocketClient.connect(to: runtime.server.streamURL))
        }
        return connections
    }

    @Test("300 runtimes have their own ports and ids; each has a client; afterwards none listens")
    func many() async throws {
        let kept = try await withMockFleet(count: 300) { fleet in
            #expect(Set(fleet.runtimes.map(\.server.port)).count == 300)
            #expect(Set(fleet.runtimes.map(\.address.instanceID)).count == 300)
            let connections = try await Self.connect(to: fleet)
            try await fleet.expect(connections: 1)
            #expect(fleet.connectionCount == 300)
            fleet.abortAll()
            try await fleet.expect(connections: 0)
            for connection in connections { await connection.close() }
            return [fleet[0], fleet[299]]
        }
        for runtime in kept {
            await #expect(throws: WebSocketError.self) { try await refusal(on: runtime.server) }
        }
    }

    @Test("A fault of one is a fault of one only")
    func single() async throws {
        try await withMockFleet(count: 3, configure: { $1.token = "token-\($0)" }) { fleet in
            #expect(fleet[1].address.token == "token-1")
            var connections: [WebSocketConnection] = []
            for runtime in fleet.runtimes {
                var configuration = WebSocketClientConfiguration()
                configuration.fields = ["Authorization": "Bearer \(runtime.address.token ?? "")"]
                let url = runtime.server.streamURL
                connections.append(try await WebSocketClient.connect(to: url, configuration: configuration))
            }
            try await fleet.expect(connections: 1)
            fleet[1].abort()
            try await fleet[1].expect(connections: 0)
            #expect(fleet.connectionCount == 2)
            let error = await #expect(throws: MockServerError.self) {
                try await fleet.expect(connections: 1, within: .milliseconds(20))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.message.hasPrefix("runtime-1: Expected 1 attached streams") == true)
            #expect(error?.message.hasSuffix("All: 2.") == true)
            for connection in connections { connection.abort() }
        }
    }

    @Test("Runtimes are added and removed; each gets the next number")
    func changes() async throws {
        try await withMockFleet(count: 2) { fleet in
            let second = fleet[1]
            await fleet.remove(second)
            await #expect(throws: WebSocketError.self) { try await refusal(on: second.server) }
            let added = try await fleet.add()
            #expect(fleet.runtimes.map(\.address.instanceID) == ["runtime-0", "runtime-2"])
            #expect(fleet.runtime("runtime-2") === added)
            #expect(fleet.runtime("runtime-1") == nil)
            try await added.replace(instanceID: "other")
            #expect(fleet.runtime("other") === added)
        }
    }

    @Test("If one can't start, none is left")
    func failed() async throws {
        let error = await #expect(throws: MockServerError.self) {
            try await withMockFleet(count: 3, configure: { if $0 == 2 { $1.port = -1 } }) { _ in }
        }
        #expect(error?.code == .invalidConfiguration)
    }
}

import AgentRuntime
import TestSupport
import Testing
import WorkspaceProtocol

/// The two tests that this project was begun for, through real sockets.
///
/// `scripts/red-controls` removes the protection that they guard, and checks that they then fail.
@Suite("The close barrier over real sockets", .timeLimit(.minutes(2)))
struct CloseBarrierTests {
    @Test("Close drains: it returns within 2 s with nothing left, and later opens are refused")
    func closeDrains() async throws {
        try await withHoldingServer { server in
            let client = try AgentRuntimeClient(endpoint: server.endpoint)
            let stream = try await client.openWorkspaceStream()
            #expect(try await stream.events.first { _ in true }?.type == .connected)
            let elapsed = await ContinuousClock().measure { await client.close() }
            #expect(elapsed < .seconds(2))
            #expect(client.tasks.isEmpty)
            #expect(stream.state.isDrained)
            try await eventually("the server sees the socket end") { server.connectionCount == 0 }
            let error = await #expect(throws: AgentRuntimeError.self) { try await client.openWorkspaceStream() }
            #expect(error?.code == .clientClosed)
        }
    }

    @Test("Close racing open: fired when the server has seen the upgrade, each ends within 3 s with nothing left")
    func closeRacingOpen() async throws {
        try await withHoldingServer { server in
            for iteration in 0..<100 {
                let client = try AgentRuntimeClient(endpoint: server.endpoint)
                let opener = Task { try await client.openWorkspaceStream() }
                try await eventually("upgrade \(iteration)") { server.upgradeCount > iteration }
                let elapsed = await ContinuousClock().measure { await client.close() }
                #expect(elapsed < .seconds(3), "iteration \(iteration)")
                // Nothing may work for the client once close has returned.
                #expect(client.tasks.isEmpty, "iteration \(iteration)")
                switch await opener.result {
                case .success(let stream): #expect(stream.state.isDrained, "iteration \(iteration)")
                case .failure(let error as AgentRuntimeError):
                    #expect([.closedWhileDialling, .clientClosed].contains(error.code), "iteration \(iteration)")
                case .failure(let error): Issue.record(error)
                }
            }
            try await eventually("no socket is left") { server.connectionCount == 0 }
        }
    }
}

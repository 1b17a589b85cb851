import AgentRuntime
import TestSupport
import Testing
import WorkspaceProtocol

/// The two most important tests of this project, over real sockets.
///
/// `scripts/red-controls` removes the protection that they check. Then they must fail.
@Suite("The close barrier over real sockets", .timeLimit(.minutes(2)))
struct CloseBarrierTests {
    /// The progress of the stream when it is closed.
    enum Progress: CaseIterable { case justOpened, receiving }

    @Test(
        "Close drains: it returns within 2 s with nothing left, and later opens are refused",
        arguments: Progress.allCases
    )
    func closeDrains(progress: Progress) async throws {
        try await withHoldingServer { server in
            let client = try AgentRuntimeClient(endpoint: server.endpoint)
            let stream = try await client.openWorkspaceStream()
            if progress == .receiving {
                #expect(try await stream.events.first { _ in true }?.type == .connected)
            }
            let elapsed = await ContinuousClock().measure { await client.close() }
            #expect(stream.isConnectionClosed)
            #expect(elapsed < .seconds(2))
            #expect(client.tasks.isEmpty)
            #expect(stream.state.isDrained)
            try await eventually("the server sees the socket end") { server.connectionCount == 0 }
            let error = await #expect(throws: AgentRuntimeError.self) { try await client.openWorkspaceStream() }
            #expect(error?.code == .clientClosed)
        }
    }

    /// The progress of the server's handshake when close is called.
    enum Moment: CaseIterable { case seen, answered }

    @Test(
        "Close racing open: fired when the server has seen the upgrade, each ends within 3 s with nothing left",
        arguments: Moment.allCases
    )
    func closeRacingOpen(moment: Moment) async throws {
        try await withHoldingServer { server in
            for iteration in 0..<100 {
                let tasks = TaskWatch()
                let client = try AgentRuntimeClient(endpoint: server.endpoint, spawn: tasks.spawn)
                let opener = Task { try await client.openWorkspaceStream() }
                try await eventually("upgrade \(iteration)") {
                    (moment == .seen ? server.upgradeCount : server.answerCount) > iteration
                }
                let elapsed = await ContinuousClock().measure { await client.close() }
                // A task that runs now, or starts later, has escaped the barrier.
                tasks.closeReturned()
                #expect(elapsed < .seconds(3), "iteration \(iteration)")
                await Self.check(await opener.result, iteration)
                #expect(tasks.escaped.isEmpty, "iteration \(iteration)")
            }
            try await eventually("no socket is left") { server.connectionCount == 0 }
        }
    }

    private static func check(_ opened: Result<WorkspaceStream, any Error>, _ iteration: Int) async {
        switch opened {
        case .success(let stream):
            #expect(stream.state.isDrained, "iteration \(iteration)")
            #expect(stream.isConnectionClosed, "iteration \(iteration)")
        case .failure(let error as AgentRuntimeError):
            #expect([.closedWhileDialling, .clientClosed].contains(error.code), "iteration \(iteration)")
        case .failure(let error): Issue.record(error)
        }
    }
}

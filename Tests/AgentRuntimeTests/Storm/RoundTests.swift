import AgentRuntime
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

/// Opens and closes everything of a runtime many times; in a separate process, where no other test opens descriptors.
///
/// `WSSTREAM_ROUNDS` is the number of rounds.
@Suite("Rounds of open-all and close-all", .timeLimit(.minutes(30)))
struct RoundTests {
    @Test(
        "After hundreds of rounds, there are as many file descriptors as before",
        .enabled(if: ProcessResources.isKnown, "only Linux tells what a process holds, in /proc")
    )
    func rounds() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            // An error that leaves this closure would end the process by a trap, and the error would not be printed.
            do { try await Rounds.run() } catch { Issue.record(error) }
        }
        print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
    }
}

/// Rounds of one client each: two streams, three terminals and twenty control calls.
private enum Rounds {
    static func run() async throws {
        let rounds = ProcessInfo.processInfo.environment["WSSTREAM_ROUNDS"].flatMap(Int.init) ?? 500
        var configuration = MockServerConfiguration()
        // Otherwise each close waits a quarter of a second for the server's end of the TCP connection.
        configuration.timeAfterClose = .zero
        try await withMockServer(configuration) { server in
            let endpoint = try RuntimeEndpoint(server.url)
            try await AgentRuntimeClient.withClient(endpoint: endpoint) { client in
                for id in RuntimeStorm.terminals { try await client.control.startTerminal(id: id) }
            }
            // What is opened once, at the first use, is open after a few rounds.
            for number in 0..<4 { try await Self.round(number, endpoint) }
            try await server.waitForSockets(0)
            let before = try await Self.restingFileCount()
            let clock = ContinuousClock()
            let begin = clock.now
            for number in 0..<rounds { try await Self.round(number, endpoint) }
            let elapsed = clock.now - begin
            try await server.waitForSockets(0)
            let after = try await Self.restingFileCount()
            try Self.check(after == before, "\(before) file descriptors before and \(after) after \(rounds) rounds")
            print("\(rounds) rounds in \(elapsed): \(before) file descriptors before and after")
        }
    }

    /// The number of file descriptors when it has not changed for a fifth of a second.
    private static func restingFileCount() async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(30)
        var (count, same) = (ProcessResources.openFileCount, 0)
        while same < 20 {
            try Self.check(ContinuousClock.now < deadline, "the number of file descriptors comes to rest")
            try await Task.sleep(for: .milliseconds(10))
            let now = ProcessResources.openFileCount
            (count, same) = (now, now == count ? same + 1 : 0)
        }
        return count
    }

    private static func round(_ number: Int, _ endpoint: RuntimeEndpoint) async throws {
        let client = try AgentRuntimeClient(endpoint: endpoint)
        async let workspace = client.openWorkspaceStream()
        async let agent = client.openAgentStream()
        async let first = client.openTerminal(id: RuntimeStorm.terminals[0])
        async let second = client.openTerminal(id: RuntimeStorm.terminals[1])
        async let third = client.openTerminal(id: RuntimeStorm.terminals[2])
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<20 { group.addTask { _ = try await client.control.status() } }
        }
        let streams: [any StormStream] = try await [workspace, agent, first, second, third]
        // Every other round, the streams are closed first, and the client makes one more call.
        if number % 2 == 0 {
            try Self.check(await client.closeStreams().isEmpty, "no stream is left behind")
            _ = try await client.control.status()
        }
        try Self.check(await client.close().isEmpty, "nothing is left behind")
        try Self.check(client.tasks.isEmpty, "no task is left")
        try Self.check(streams.allSatisfy { $0.state.isDrained && $0.isConnectionClosed }, "all streams are drained")
    }

    private struct Violation: Error, CustomStringConvertible { let description: String }

    private static func check(_ holds: Bool, _ subject: String) throws {
        guard holds else { throw Violation(description: subject) }
    }
}

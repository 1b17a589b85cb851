import Foundation
import MockAgentServer
import TestSupport
import Testing

@testable import AgentRuntime

/// All streams of one client and its control calls, ended in every way at nearly the same time, over real sockets.
///
/// `WSSTREAM_STORMS` is the number of storms, `WSSTREAM_SEED` the first seed.
@Suite("Storms over a whole runtime", .timeLimit(.minutes(10)))
struct RuntimeStormTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
    }

    /// A server that also answers late, never, or by ending the connection.
    private static var configuration: MockServerConfiguration {
        var configuration = MockServerConfiguration()
        configuration.hasShell = true
        configuration.closeTimeout = .milliseconds(200)
        configuration.scenario.faults.answers = [
            AnswerFault("GET /api/v1/status", .late(.milliseconds(1))),
            AnswerFault("GET /api/v1/info", .silence),
            AnswerFault("POST /api/v1/workspace/poll-mode", .drop),
        ]
        return configuration
    }

    @Test("Close, loss, abort, cancellation and the client's close, in all orders: all ends, and nothing is left")
    func storms() async throws {
        let seed = Self.number("WSSTREAM_SEED") ?? 1
        let count = Self.number("WSSTREAM_STORMS") ?? 120
        let clock = ContinuousClock()
        let begin = clock.now
        var opened = 0
        try await withMockServer(Self.configuration) { server in
            try await AgentRuntimeClient.withClient(endpoint: RuntimeEndpoint(server.url)) { client in
                for id in RuntimeStorm.terminals { try await client.control.startTerminal(id: id) }
            }
            try await server.waitForSockets(0)
            for number in 0..<count {
                let order = RuntimeStormAction.orders[Int(number) % RuntimeStormAction.orders.count]
                do {
                    opened += try await RuntimeStorm(server: server, seed: seed &+ number).run(order)
                } catch {
                    Issue.record(error, "storm \(number) of seed \(seed): \(order)")
                    return
                }
            }
        }
        // Some dials ended before there was a stream, but not all.
        #expect(opened > Int(count) && opened <= Int(count) * 5)
        print("\(count) storms from seed \(seed), \(opened) streams opened, in \(clock.now - begin)")
    }
}

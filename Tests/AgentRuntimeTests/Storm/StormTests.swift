import Foundation
import TestSupport
import Testing

/// All actions that end a stream, at nearly the same time, over real sockets.
///
/// `WSSTREAM_STORMS` is the number of storms, `WSSTREAM_SEED` the first seed.
@Suite("Storms over real sockets", .timeLimit(.minutes(10)))
struct StormTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
    }

    @Test("Close, abort, client close, cancellation and the server's end, in all orders: one end, nothing left")
    func storms() async throws {
        let seed = Self.number("WSSTREAM_SEED") ?? 1
        let count = Self.number("WSSTREAM_STORMS") ?? 240
        let clock = ContinuousClock()
        let begin = clock.now
        var opened = 0
        try await withStormServer(seed: seed) { server in
            for number in 0..<count {
                let order = StormAction.orders[Int(number) % StormAction.orders.count]
                do {
                    opened += try await Storm(server: server, seed: seed &+ number).run(order)
                } catch {
                    Issue.record(error, "storm \(number) of seed \(seed): \(order)")
                    return
                }
            }
            try await eventually("no socket is left") { server.connectionCount == 0 }
        }
        // Some dials ended before there was a stream, but not all.
        #expect(opened > Int(count) / 8 && opened < Int(count) * 2)
        print("\(count) storms from seed \(seed), \(opened) streams opened, in \(clock.now - begin)")
    }
}

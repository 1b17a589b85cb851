import ConcurrencyPrimitives
import NIOCore
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Pings behind a peer that does not read", .timeLimit(.minutes(1)))
struct SharedPingTests {
    @Test("Thousands of Pings that wait, or whose tasks were cancelled, queue one frame")
    func shareOneFrame() async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            connection.pauseReading()
            _ = try? await connection.waitUntilClosed()
        }
        var configuration = WebSocketClientConfiguration()
        // No time limit, for slow machines.
        configuration.connection.keepalive = nil
        configuration.connection.sendQueue.timeout = .seconds(300)
        let url = try WebSocketURL("ws://127.0.0.1:\(server.port)")
        let connection = try await WebSocketClient.connect(to: url, configuration: configuration)
        // More than the buffers of both sockets can hold.
        let filling = Task {
            while true { try await connection.send(binary: [UInt8](repeating: 0, count: 1 << 20)) }
        }
        try await eventually("the queue is full and does not move") { connection.core.waitingCount > 0 }
        let queued = connection.queuedSendBytes
        for _ in 0..<10 {
            let pings = (0..<100).map { _ in Task { try await connection.ping() } }
            await Task.yield()
            for ping in pings { ping.cancel() }
            for ping in pings { await #expect(throws: CancellationError.self) { try await ping.value } }
        }
        try await connection.eventLoop.submit {}.get()
        #expect(connection.queuedSendBytes - queued < 64)
        filling.cancel()
        _ = await filling.result
        connection.abort()
        await server.close()
        await running
    }

    @Test("Who shares a Ping is answered with the others; who has gone is not, and takes nothing from them")
    func table() {
        var table = PingWaiterTable()
        let waiters = (0..<3).map { _ in PingWaiterTable.Waiter() }
        for waiter in waiters { table.add(waiter, to: 1) }
        let removed = (table.remove(waiters[0]), table.remove(waiters[0]))
        #expect(removed == (nil, nil))
        let taken = (table.take(1).count, table.take(1).count)
        #expect(taken == (2, 0))
        table.add(waiters[0], to: 2)
        table.shared = 2
        #expect(table.abandoned == nil)
        let last = table.remove(waiters[0])
        #expect(last == 2)
        #expect(table.abandoned == 2)
        table.add(waiters[1], to: 3)
        let all = (table.takeAll().count, table.takeAll().count)
        #expect(all == (1, 0))
    }
}

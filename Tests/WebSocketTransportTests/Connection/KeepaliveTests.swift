import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Noticing a peer that is gone", .timeLimit(.minutes(1)))
struct KeepaliveTests {
    /// - Parameters:
    ///   - interval: Silence before a Ping, in milliseconds.
    ///   - timeout: Time for the answer, in milliseconds.
    private static func configuration(_ interval: Int, timeout: Int) -> ConnectionConfiguration {
        .test.with {
            var keepalive = ConnectionConfiguration.Keepalive()
            keepalive.interval = .milliseconds(interval)
            keepalive.timeout = .milliseconds(timeout)
            $0.keepalive = keepalive
        }
    }

    /// Waits until a silent connection with the same times, started now, expires: another one must last as long.
    private func expire(_ configuration: ConnectionConfiguration) async throws {
        try await withConnectedClient(configuration) { connection, _ in
            let closure = try await connection.waitUntilClosed()
            #expect(closure.error?.code == .keepaliveTimedOut)
        }
    }

    @Test("A silent peer gets a Ping, then the connection is cut with keepaliveTimedOut")
    func silent() async throws {
        let start = ContinuousClock.now
        try await withConnectedClient(Self.configuration(40, timeout: 40)) { connection, peer in
            let result = try await Result.catching { try await connection.texts() }
            #expect((result.error as? WebSocketError)?.code == .keepaliveTimedOut)
            #expect(ContinuousClock.now - start >= .milliseconds(75))
            try await peer.expectClosed()
            let frames = try peer.frames(masked: true)
            #expect(frames.map(\.opcode) == [Opcode.ping.rawValue])
            #expect(frames.map(\.payload.count) == [8])
        }
    }

    @Test("Any frame is a proof of life, not only a Pong")
    func anyFrame() async throws {
        try await withConnectedClient(Self.configuration(20, timeout: 10_000)) { connection, peer in
            for round in 1...6 {
                _ = try await peer.receiveFrames(round)
                try await peer.send(WireFrame(text: "no Pong"))
            }
            #expect(connection.closure == nil)
            #expect(connection.latency == nil)
        }
    }

    @Test("A Pong keeps the connection and gives the latency")
    func pong() async throws {
        try await withConnectedClient(Self.configuration(20, timeout: 10_000)) { connection, peer in
            for round in 1...4 {
                let ping = try #require(try await peer.receiveFrames(round).last)
                try await peer.send(WireFrame(.pong, ping.payload))
            }
            try await eventually("latency") { connection.latency != nil }
            #expect(connection.latency ?? .zero > .zero)
            #expect(connection.closure == nil)
        }
    }

    @Test("A peer is not given up while we ourselves don't read")
    func paused() async throws {
        let configuration = Self.configuration(20, timeout: 20)
        let full = configuration.with { $0.receiveQueue.highWaterMessages = 1 }
        let messages = WireFrame(text: "one").bytes + WireFrame(text: "two").bytes
        try await withConnectedClient(full, firstBytes: messages) { connection, _ in
            for _ in 0..<3 { try await self.expire(configuration) }
            #expect(connection.closure == nil)
            #expect(try await connection.texts(2) == ["one", "two"])
        }
    }

    @Test("A Ping that is not flushed yet does not count against the peer")
    func notFlushed() async throws {
        let configuration = Self.configuration(300, timeout: 20)
        let message = WebSocketMessage(binary: [UInt8](repeating: 1, count: 6_000_000))
        // On a busy machine, the first Ping may come before the message is queued; this proves nothing, so it tries
        // again.
        var wasInTime = false
        while !wasInTime {
            let start = ContinuousClock.now
            try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
                try? await peer.setReading(false)
                try? await connection.send(message)
                wasInTime = ContinuousClock.now - start < .milliseconds(300)
                guard wasInTime else { return }
                try await self.expire(configuration)
                #expect(connection.closure == nil)
            }
        }
    }

    @Test("A Ping of the caller gives its round trip")
    func ping() async throws {
        try await withConnectedClient { connection, peer in
            let first = Task { try await connection.ping() }
            let second = Task { try await connection.ping() }
            let pings = try await peer.receiveFrames(2)
            // RFC 6455 §5.5.3: the answer to the latest Ping answers both.
            try await peer.send(WireFrame(.pong, pings[1].payload))
            let roundTrips = [try await first.value, try await second.value]
            #expect(roundTrips.allSatisfy { $0 > .zero })
            #expect(roundTrips.contains(try #require(connection.latency)))
        }
    }

    @Test("A Ping that is cancelled throws, and its Pong is ignored")
    func pingCancelled() async throws {
        try await withConnectedClient { connection, peer in
            let task = Task { try await connection.ping() }
            let ping = try await peer.receiveFrames(1)[0]
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await peer.send(WireFrame(.pong, ping.payload), WireFrame(text: "after"))
            #expect(try await connection.texts(1) == ["after"])
        }
    }

    @Test("A Ping throws when the connection ends first, and when it has ended")
    func pingClosed() async throws {
        try await withConnectedClient { connection, peer in
            let task = Task { try await connection.ping() }
            _ = try await peer.receiveFrames(1)
            await peer.close()
            let result = await task.result
            #expect((result.error as? WebSocketError)?.code == .closed)
            _ = try await connection.waitUntilClosed()
            let error = await #expect(throws: WebSocketError.self) { _ = try await connection.ping() }
            #expect(error?.code == .closed)
        }
    }

    @Test("Pongs that nobody asked for are ignored")
    func unsolicited() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(.pong), WireFrame(.pong, [1, 2, 3]), WireFrame(text: "after"))
            #expect(try await connection.texts(1) == ["after"])
            #expect(connection.latency == nil)
        }
    }

    @Test("A time without bound is no trap")
    func unbounded() async throws {
        let configuration = ConnectionConfiguration.test.with {
            var keepalive = ConnectionConfiguration.Keepalive()
            keepalive.interval = .seconds(Int64.max)
            $0.keepalive = keepalive
        }
        try await withConnectedClient(configuration) { connection, peer in
            try await peer.send(WireFrame(text: "fine"))
            #expect(try await connection.texts(1) == ["fine"])
        }
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The observer of a connection", .timeLimit(.minutes(1)))
struct ObserverTests {
    private let events = Recorder<ConnectionEvent>()

    private func observed(_ change: (inout ConnectionConfiguration) -> Void = { _ in }) -> ConnectionConfiguration {
        var configuration = ConnectionConfiguration.test
        configuration.observer = ConnectionObserver { [events] in events.append($0) }
        change(&configuration)
        return configuration
    }

    @Test("Opened comes first, closed last, and the traffic between them adds up to the statistics, on both ends")
    func life() async throws {
        let server = try await WebSocketServer.bind(
            .test {
                $0.connection = self.observed()
                $0.policy.subprotocols = ["v1"]
            }
        )
        try await withServer(server, echoHandler) {
            let connection = try await connectClient(to: server.port, self.observed()) { $0.subprotocols = ["v1"] }
            for index in 0..<100 { try await connection.send(text: "message \(index)") }
            _ = try await connection.texts(100)
            await connection.close(reason: "done")
            try await eventually("both ends") { self.events.closed.count == 2 }
            for role in Role.allCases {
                let events = self.events.values.filter { $0.role == role }
                #expect(Set(events.map(\.connection)).count == 1)
                #expect((events.first?.connection == connection.id) == (role == .client))
                guard case .opened("v1", nil) = events.first?.kind else { throw Unexpected(events.first) }
                guard case .closed(let closure, let statistics) = events.last?.kind else {
                    throw Unexpected(events.last)
                }
                #expect(closure.isClean)
                #expect(events.received == statistics.received && events.sent == statistics.sent)
                #expect(statistics.received.messages == 100 && statistics.received.frames == 101)
                #expect(statistics.sent.messages == 100 && statistics.sent.frames == 101)
                #expect(statistics.sent.payloadBytes == 990 && statistics.received.payloadBytes == 990)
            }
            #expect(connection.statistics.sent.wireBytes == 990 + 100 * 6 + 2 + 4 + 2 + 4)
            #expect(connection.statistics.received.wireBytes == 990 + 100 * 2 + 2 + 2)
        }
    }

    @Test("The compressed bytes and what they stand for are counted both ways")
    func compression() async throws {
        let server = try await WebSocketServer.bind(.test { $0.compression = PermessageDeflate() })
        try await withServer(server, echoHandler) {
            let connection = try await connectClient(to: server.port, self.observed())
            let text = String(repeating: #"{"type":"git_status"}"#, count: 100)
            for _ in 0..<10 { try await connection.send(text: text) }
            try await connection.send(text: "below the threshold")
            _ = try await connection.texts(11)
            guard case .opened(nil, .some) = self.events.values.first?.kind else {
                throw Unexpected(self.events.values.first)
            }
            for traffic in [connection.statistics.received, connection.statistics.sent] {
                #expect(traffic.inflatedBytes == 21_000)
                #expect(traffic.payloadBytes == 21_019)
                #expect((1..<2100).contains(traffic.compressedBytes))
                #expect(try #require(traffic.compressionRatio) > 10)
                #expect(traffic.wireBytes < 2500)
            }
            await connection.close()
            #expect(self.events.values.received == connection.statistics.received)
        }
    }

    @Test("What a read holds is one event, however many messages it holds; control frames count as frames")
    func onePerRead() async throws {
        try await withConnectedClient(self.observed()) { connection, peer in
            let message = WireFrame(text: "x").bytes
            let fragments = WireFrame(.text, [97], isFinal: false).bytes + WireFrame(.continuation, [98]).bytes
            let bytes = (0..<10_000).flatMap { _ in message } + WireFrame(.ping).bytes + fragments
            try await peer.send(bytes)
            _ = try await connection.texts(10_001)
            try await eventually("the last event") { self.events.values.received.messages == 10_001 }
            let received = self.events.values.received
            #expect(received.frames == 10_003 && received.messages == 10_001)
            #expect(received.wireBytes == bytes.count && received.payloadBytes == 10_002)
            #expect(received.compressionRatio == nil)
            // The system may split the bytes, but never into parts of a few messages.
            #expect(self.events.values.count < 100)
        }
    }

    @Test("A large message counts while it comes, and is a message when it has come")
    func largeMessage() async throws {
        try await withConnectedClient(self.observed()) { connection, peer in
            let frame = WireFrame(.binary, [UInt8](repeating: 1, count: 1_000_000)).bytes
            try await peer.send(Array(frame.dropLast()))
            try await eventually("the first part") { self.events.values.received.wireBytes == frame.count - 1 }
            #expect(self.events.values.received.messages == 0 && connection.statistics.bytesReceived == 0)
            try await peer.send(Array(frame.suffix(1)))
            _ = try await connection.texts(1)
            #expect(connection.statistics.messagesReceived == 1 && connection.statistics.bytesReceived == 1_000_000)
            try await eventually("the event") { self.events.values.received.messages == 1 }
        }
    }

    @Test("A full receive queue is an event, and so is its end")
    func readingPaused() async throws {
        let configuration = self.observed { $0.receiveQueue.highWaterMessages = 10 }
        try await withConnectedClient(configuration) { connection, peer in
            try await peer.send((0..<20).flatMap { WireFrame(text: "\($0)").bytes })
            try await eventually("the pause") { self.events.paused.first?.messages ?? 0 >= 10 }
            #expect(self.events.resumed.isEmpty)
            _ = try await connection.texts(20)
            try await eventually("the resumption") { self.events.resumed.count == 1 }
            #expect(self.events.resumed.first?.messages ?? 99 <= 5)
        }
    }

    @Test("A write that the system does not take at once is an event with what waits")
    func sendBlocked() async throws {
        try await withConnectedClient(self.observed(), receiveBufferBytes: 4096) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 0, count: 16_000_000))
            try await eventually("the block") { !self.events.blocked.isEmpty }
            #expect(self.events.blocked.first ?? 0 > 16_000_000)
            #expect(self.events.values.sent.frames == 0 && connection.statistics.sent.frames == 0)
            peer.countOnly()
            try await peer.setReading(true)
            try await eventually("the write") { self.events.values.sent.messages == 1 }
            #expect(connection.statistics.sent.wireBytes == 16_000_014)
        }
    }

    @Test("Round trips and a peer that is gone are events")
    func liveness() async throws {
        let configuration = self.observed { configuration in
            var keepalive = ConnectionConfiguration.Keepalive()
            (keepalive.interval, keepalive.timeout) = (.milliseconds(20), .milliseconds(200))
            configuration.keepalive = keepalive
        }
        try await withConnectedClient(configuration) { connection, peer in
            let ping = try #require(try await peer.receiveFrames(1).first)
            try await peer.send(WireFrame(.pong, ping.payload))
            let closure = try await withTimeout("the end") { await connection.waitUntilClosedUncancelled() }
            #expect(closure.error?.code == .keepaliveTimedOut)
            #expect(self.events.pongs.count == 1)
            #expect(self.events.pongs.first == connection.latency)
            let last = self.events.values.suffix(2).map(\.kind)
            guard case .keepaliveTimedOut = last.first, case .closed = last.last else { throw Unexpected(last) }
        }
    }

    @Test("No lock is held while an observer is called: it may ask the connection")
    func outsideOfLocks() async throws {
        let known = Locked<WebSocketConnection?>(nil)
        let asked = Counter()
        var configuration = ConnectionConfiguration.test
        let observer = ConnectionObserver { _ in
            guard let connection = known.withLock({ $0 }) else { return }
            _ = (connection.statistics, connection.queuedSendBytes, connection.latency, connection.closure)
            asked.increment()
        }
        configuration.observer = .all([observer, ConnectionObserver { [events] in events.append($0) }])
        try await withConnectedClient(configuration) { connection, peer in
            known.withLock { $0 = connection }
            defer { known.withLock { $0 = nil } }
            try await peer.send(WireFrame(text: "x"))
            _ = try await connection.texts(1)
            try await connection.send(text: "y")
            _ = try await peer.receiveFrames(1)
            try await withTimeout("the end") { [connection] in
                connection.abort()
                _ = await connection.waitUntilClosedUncancelled()
            }
            #expect(asked.value >= 3)
            #expect(self.events.values.count == asked.value + 1)
        }
    }

    @Test("A configuration with an observer is equal to its copy, and not to one with another observer")
    func equality() {
        let configuration = self.observed()
        let copy = configuration
        #expect(configuration == copy && configuration.hashValue == copy.hashValue)
        #expect(configuration != self.observed() && configuration != .test)
    }
}

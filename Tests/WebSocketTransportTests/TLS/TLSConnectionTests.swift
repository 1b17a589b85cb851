import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A connection over TLS", .timeLimit(.minutes(1)))
struct TLSConnectionTests {
    private func connect(
        _ server: WebSocketServer,
        _ host: String = "127.0.0.1",
        _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
    ) async throws -> WebSocketConnection {
        let url = try WebSocketURL(scheme: .wss, host: host, port: server.port)
        return try await WebSocketClient.connect(to: url, configuration: .secure(change))
    }

    @Test("Messages go both ways, and both ends close cleanly and soon", arguments: ["localhost", "127.0.0.1"])
    func echo(host: String) async throws {
        let closures = Recorder<WebSocketClosure>()
        try await withEchoServer(.secure(), closures) { server in
            let connection = try await self.connect(server, host)
            let start = ContinuousClock.now
            try await expectEcho(on: connection)
            try await eventually("the server's closure") { closures.values.count == 1 }
            #expect(closures.values.allSatisfy { $0.isClean }, "\(closures.values)")
            // Neither end waited until the time limit of the other's close was over.
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test("A close that the server begins is clean on both ends, and soon")
    func serverCloses() async throws {
        let closures = Recorder<WebSocketClosure>()
        let server = try await WebSocketServer.bind(.secure())
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                closures.append(await connection.close(.goingAway, reason: "restart"))
            }
        ) {
            let connection = try await self.connect(server)
            let start = ContinuousClock.now
            #expect(try await connection.texts().isEmpty)
            let closure = try await connection.waitUntilClosed()
            try await eventually("the server's closure") { closures.values.count == 1 }
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(closure.isClean, "\(closure)")
            #expect(closures.values[0].isClean, "\(closures.values)")
        }
    }

    @Test("What the server sends right behind its 101 arrives, each time")
    func firstFrames() async throws {
        let server = try await WebSocketServer.bind(.secure())
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                for text in ["one", "two", "three"] { try? await connection.send(text: text) }
                await connection.close()
            }
        ) {
            for round in 0..<20 {
                let connection = try await self.connect(server)
                #expect(try await connection.texts() == ["one", "two", "three"], "round \(round)")
                await connection.close()
            }
        }
    }

    @Test("A consumer that waits holds the sender back, and then gets everything in order")
    func backpressure() async throws {
        let server = try await WebSocketServer.bind(.secure())
        let sent = Counter()
        let total = 400
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                let payload = [UInt8](repeating: 7, count: 64 * 1024)
                do {
                    for _ in 0..<total {
                        try await connection.send(binary: payload)
                        sent.increment()
                    }
                    await connection.close()
                } catch { Issue.record(error) }
            }
        ) {
            let connection = try await self.connect(server) {
                $0.connection.receiveQueue.highWaterBytes = 256 * 1024
                $0.connection.readBytes = 16 * 1024
            }
            var before = -1
            try await eventually("the sender to wait") {
                defer { before = sent.value }
                try await Task.sleep(for: .milliseconds(20))
                return sent.value > 0 && sent.value == before
            }
            #expect(sent.value < total)
            var count = 0
            for try await message in connection.messages {
                #expect(message.bytes.count == 64 * 1024)
                count += 1
            }
            #expect(count == total)
        }
    }

    @Test("A large message goes both ways in one piece")
    func large() async throws {
        try await withEchoServer(.secure { $0.connection.limits.maximumMessageBytes = 8 << 20 }) { server in
            let connection = try await self.connect(server) { $0.connection.limits.maximumMessageBytes = 8 << 20 }
            try await expectEcho(on: connection, String(repeating: "0123456789abcdef", count: 1 << 18))
        }
    }

    @Test("An abort ends both ends soon, with nothing left")
    func abort() async throws {
        let closures = Recorder<WebSocketClosure>()
        try await withEchoServer(.secure(), closures) { server in
            let connection = try await self.connect(server)
            let start = ContinuousClock.now
            try await expectNothingLeft(of: connection)
            #expect(ContinuousClock.now - start < .seconds(1))
            try await eventually("the server's closure") { closures.values.count == 1 && server.connectionCount == 0 }
            #expect(!closures.values[0].isClean)
        }
    }

    @Test("A peer that takes nothing does not keep a close from ending in time")
    func deafPeer() async throws {
        let server = try await WebSocketServer.bind(
            .secure {
                $0.connection.receiveQueue.highWaterBytes = 1
                $0.connection.closing.timeout = .milliseconds(100)
            }
        )
        let end = Promise<Void>()
        try await withServer(
            server,
            { request in
                // Accepted and never read, so reading stops after the first message.
                let connection = try? await request.accept()
                await end.wait()
                connection?.abort()
            }
        ) {
            defer { end.resolve(()) }
            let connection = try await self.connect(server) {
                $0.compression = nil
                $0.connection.closing.timeout = .milliseconds(200)
                $0.connection.sendQueue.timeout = .milliseconds(200)
            }
            let payload = [UInt8](repeating: 7, count: 1 << 20)
            let sending = Task { while true { try await connection.send(binary: payload) } }
            #expect(await sending.result.error is WebSocketError)
            let start = ContinuousClock.now
            let closure = await connection.close()
            #expect(!closure.isClean)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("The host is sent as the server name, an address is not, and HTTP/1.1 is what is spoken")
    func offers() async throws {
        let probe = try await TLSProbe.start()
        for (host, name) in [("localhost", nil), ("127.0.0.1", nil), ("127.0.0.1", "a.streams.test")] {
            let url = try WebSocketURL(scheme: .wss, host: host, port: probe.port)
            let task = Task {
                try await WebSocketClient.connect(to: url, configuration: .secure { $0.tls.serverName = name })
            }
            let count = probe.seen.count
            try await eventually("the handshake") { probe.seen.count > count }
            task.cancel()
            _ = await task.result
        }
        #expect(probe.seen.map(\.serverName) == ["localhost", nil, "a.streams.test"])
        #expect(probe.seen.allSatisfy { $0.applicationProtocol == "http/1.1" })
        try await eventually("end of all connections") { probe.endedCount == 3 }
        await probe.close()
    }

    @Test("A connection attempt cancelled at any moment leaves no socket")
    func cancelledAnyTime() async throws {
        try await withEchoServer(.secure()) { server in
            for round in 0..<60 {
                let task = Task { try await self.connect(server) }
                try await Task.sleep(for: .microseconds(round * 100))
                task.cancel()
                guard case .success(let connection) = await task.result else { continue }
                try await expectEcho(on: connection)
            }
            try await eventually("end of all connections") { server.connectionCount == 0 }
        }
    }
}

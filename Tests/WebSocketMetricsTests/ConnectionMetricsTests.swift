import CoreMetrics
import MetricsTestKit
import TestSupport
import Testing
import WebSocketMetrics
import WebSocketProtocol
import WebSocketTransport

@Suite("Metrics", .timeLimit(.minutes(1)))
struct ConnectionMetricsTests {
    private let metrics = TestMetrics()

    private func total(_ label: String, _ role: String) -> Int64 {
        self.metrics.counterTotal(label: "websocket_\(label)_total", dimensions: [("role", role)])
    }

    /// Runs an echo server and a client with metrics.
    private func withEcho(
        _ change: (inout ConnectionConfiguration) -> Void = { _ in },
        _ body: (WebSocketConnection) async throws -> Void
    ) async throws {
        var server = WebSocketServerConfiguration()
        var client = WebSocketClientConfiguration()
        server.compression = PermessageDeflate()
        client.connection.observer = .metrics(factory: self.metrics)
        change(&client.connection)
        server.connection = client.connection
        let listening = try await WebSocketServer.bind(server)
        async let running: Void = listening.run { request in
            guard let connection = try? await request.accept() else { return }
            do {
                for try await message in connection.messages { try await connection.send(message) }
            } catch {}
        }
        let result: Result<Void, any Error>
        do {
            let url = try WebSocketURL(host: "127.0.0.1", port: listening.port, path: "/")
            try await WebSocketClient.withConnection(to: url, configuration: client, body)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await listening.close()
        await running
        try result.get()
    }

    @Test("Every event counts under its documented name, with the role as its label")
    func names() async throws {
        let text = String(repeating: "compress me ", count: 100)
        try await self.withEcho { connection in
            for _ in 0..<5 { try await connection.send(text: text) }
            var echoes = connection.messages.makeAsyncIterator()
            for _ in 0..<5 { #expect(try await echoes.next()?.text == text) }
            _ = try await connection.ping()
            let open = try self.metrics.expectMeter("websocket_connections_open", [("role", "client")])
            #expect(open.last?.1 == 1)
        }
        for role in ["client", "server"] {
            #expect(self.total("connections_opened", role) == 1)
            for direction in ["received", "sent"] {
                #expect(self.total("messages_\(direction)", role) == 5)
                #expect(self.total("payload_bytes_\(direction)", role) == 6000)
                #expect(self.total("inflated_bytes_\(direction)", role) == 6000)
                #expect((1..<600).contains(self.total("compressed_bytes_\(direction)", role)))
                #expect((1..<800).contains(self.total("wire_bytes_\(direction)", role)))
                // The messages, a Ping or its Pong, and a Close frame.
                #expect(self.total("frames_\(direction)", role) == 7)
                let ratio = "websocket_compression_ratio_\(direction)"
                #expect(try self.metrics.expectRecorder(ratio, [("role", role)]).lastValue ?? 0 > 10)
            }
            #expect(
                self.metrics.counterTotal(
                    label: "websocket_connections_closed_total",
                    dimensions: [("role", role), ("cause", "closingHandshake")]
                ) == 1
            )
            #expect(try self.metrics.expectMeter("websocket_connections_open", [("role", role)]).last?.1 == 0)
            for queue in ["send_queue_bytes", "receive_queue_bytes", "receive_queue_messages"] {
                let recorder = try self.metrics.expectRecorder("websocket_\(queue)", [("role", role)])
                #expect(!recorder.values.isEmpty)
            }
        }
        let latency = try self.metrics.expectTimer("websocket_ping_latency_seconds", [("role", "client")])
        #expect(latency.values.count == 1 && latency.values.first ?? 0 > 0)
    }

    @Test("A full receive queue counts")
    func paused() async throws {
        try await self.withEcho({ $0.receiveQueue.highWaterMessages = 1 }) { connection in
            for _ in 0..<100 { try await connection.send(text: "x") }
            try await eventually("a pause") { self.total("reading_paused", "client") > 0 }
        }
    }

    @Test("A connection that is aborted, or fails, counts with its cause")
    func causes() async throws {
        try await self.withEcho { connection in
            connection.abort()
            _ = try await connection.waitUntilClosed()
        }
        for (role, cause) in [("client", "aborted"), ("server", "connectionLost")] {
            #expect(
                self.metrics.counterTotal(
                    label: "websocket_connections_closed_total",
                    dimensions: [("role", role), ("cause", cause)]
                ) == 1
            )
        }
    }
}

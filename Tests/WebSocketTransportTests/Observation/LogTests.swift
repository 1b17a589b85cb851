import Logging
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The log", .timeLimit(.minutes(1)))
struct LogTests {
    private static let secret = "SECRET"
    private let lines = Recorder<CapturingLog.Line>()

    private func client(_ change: (inout WebSocketClientConfiguration) -> Void = { _ in })
        -> WebSocketClientConfiguration
    {
        var client = WebSocketClientConfiguration()
        client.connection = .test
        client.logger = CapturingLog.logger(self.lines)
        client.fields = ["Authorization": "Bearer \(Self.secret)", "Cookie": "session=\(Self.secret)"]
        client.subprotocols = [Self.secret]
        change(&client)
        return client
    }

    private func server() -> WebSocketServerConfiguration {
        .test {
            $0.logger = CapturingLog.logger(self.lines)
            $0.policy.subprotocols = [Self.secret]
            $0.handshakeTimeout = .seconds(2)
        }
    }

    private func url(_ port: Int, _ path: String = "/public") throws -> WebSocketURL {
        try .local(port, path: "\(path)?token=\(Self.secret)")
    }

    private func expectNoSecret() {
        #expect(!self.lines.values.isEmpty)
        for line in self.lines.values {
            #expect(!line.text.contains(Self.secret), "\(line.text)")
            #expect(line.level == .debug)
        }
    }

    private func texts(_ message: String) -> [String] {
        self.lines.values.filter { $0.message == message }.map(\.text)
    }

    @Test("A connection is opened and closed in the log, on both ends, without anything it carried")
    func life() async throws {
        let server = try await WebSocketServer.bind(self.server())
        try await withServer(server, echoHandler) {
            let connection = try await WebSocketClient.connect(to: self.url(server.port), configuration: self.client())
            #expect(connection.subprotocol == Self.secret)
            try await connection.send(text: Self.secret)
            #expect(try await connection.texts(1) == [Self.secret])
            await connection.close(.internalError, reason: Self.secret)
            try await eventually("both ends") { self.texts("WebSocket closed").count == 2 }
            let id = connection.id
            let url = "ws://127.0.0.1:\(server.port)/public?..."
            let opened = "WebSocket opened compressed=false connection=\(id) url=\(url)"
            #expect(self.texts("WebSocket opened").contains(opened))
            #expect(
                self.texts("WebSocket closed").contains(
                    "WebSocket closed cause=closingHandshake code=1011 connection=\(id) initiator=local url=\(url)"
                )
            )
            #expect(self.texts("WebSocket closed").contains { $0.hasSuffix("initiator=remote path=/public") })
        }
        self.expectNoSecret()
    }

    @Test("A refused client is in the log of both ends with the reason, and without what either wrote")
    func refused() async throws {
        let server = try await WebSocketServer.bind(self.server())
        try await withServer(
            server,
            { request in
                try? request.respond(status: 401, fields: ["X": Self.secret], body: Array(Self.secret.utf8))
            }
        ) {
            _ = try await Result.catching {
                try await WebSocketClient.connect(to: self.url(server.port), configuration: self.client())
            }
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(Array("GET /health?\(Self.secret) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            try await peer.expectClosed()
            await peer.close()
        }
        #expect(self.texts("WebSocket refused") == ["WebSocket refused path=/public reason=status 401"])
        #expect(self.texts("Request answered") == ["Request answered path=/health reason=status 401"])
        #expect(self.texts("WebSocket not opened").first?.contains("reason=upgradeRefused") == true)
        self.expectNoSecret()
    }

    /// Requests with a secret in the part that the error quotes.
    static let brokenRequests: [(request: [UInt8], reason: String)] = [
        (rawRequest(changing: ["Origin": "https://SECRET.example"]), "originRefused"),
        (rawRequest(changing: ["Sec-WebSocket-Key": "SECRET"]), "invalidKey"),
        (rawRequest(changing: ["Sec-WebSocket-Version": "SECRET"]), "unsupportedWebSocketVersion"),
        (rawRequest(changing: ["Host": "SECRET SECRET"]), "invalidHost"),
        (rawRequest("SECRET /?SECRET HTTP/1.1"), "invalidMethod"),
        (rawRequest(changing: ["Authorization ": "SECRET"]), "malformedMessage"),
        (Array("SECRET SECRET\r\n\r\n".utf8), "malformedMessage"),
        (Array("GET /SECRET".utf8), "handshakeTimedOut"),
    ]

    @Test("A broken request is refused in the log by its code, never by what it said", arguments: brokenRequests)
    func broken(request: [UInt8], reason: String) async throws {
        let server = try await WebSocketServer.bind(self.server())
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(request)
            try await peer.expectClosed()
            await peer.close()
        }
        #expect(self.texts("WebSocket refused").first?.contains("reason=\(reason)") == true)
        self.expectNoSecret()
    }

    @Test(
        "A connection that fails is closed in the log with the codes only",
        arguments: [
            WireFrame(.text, Array("SECRET".utf8), isMasked: true).bytes,
            WireFrame(.text, Array("SECRET".utf8) + [0xFF]).bytes,
            WireFrame(.close, [0x03]).bytes + Array("SECRET".utf8),
        ]
    )
    func violation(bytes: [UInt8]) async throws {
        let server = try await RawServer.start()
        async let connecting = WebSocketClient.connect(to: self.url(server.port), configuration: self.client())
        let peer = try await server.peer()
        try await peer.send(try await peer.acceptance(subprotocol: Self.secret) + bytes)
        let closure = try await connecting.waitUntilClosed()
        let code = try #require((closure.error?.cause as? ProtocolViolation)?.code)
        let text = try #require(self.texts("WebSocket closed").first)
        #expect(text.contains("cause=protocolViolation"))
        #expect(text.contains("violation=\(code)"))
        self.expectNoSecret()
        await server.close()
    }

    @Test("A server that breaks the handshake, and one that is not there, are in the log by code")
    func notOpened() async throws {
        let server = try await RawServer.start(greeting: Array("HTTP/1.1 SECRET\r\nSECRET\r\n\r\n".utf8))
        let port = server.port
        _ = try await Result.catching {
            try await WebSocketClient.connect(to: self.url(port), configuration: self.client())
        }
        await server.close()
        _ = try await Result.catching {
            try await WebSocketClient.connect(to: self.url(port), configuration: self.client())
        }
        let texts = self.texts("WebSocket not opened")
        #expect(texts.count == 2)
        #expect(texts.first?.contains("reason=handshakeFailed") == true)
        #expect(texts.last?.contains("reason=connectFailed") == true)
        self.expectNoSecret()
    }

    @Test("A socket too many is in the log")
    func noRoom() async throws {
        var configuration = self.server()
        configuration.maximumConnections = 1
        let server = try await WebSocketServer.bind(configuration)
        try await withServer(server, echoHandler) {
            let connection = try await WebSocketClient.connect(to: self.url(server.port), configuration: self.client())
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.expectClosed()
            await peer.close()
            await connection.close()
        }
        #expect(self.texts("WebSocket refused") == ["WebSocket refused reason=noRoom"])
    }
}

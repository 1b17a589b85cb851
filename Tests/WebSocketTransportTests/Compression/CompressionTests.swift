import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Compression of a connection", .timeLimit(.minutes(1)))
struct CompressionTests {
    private static func deflate(_ change: (inout PermessageDeflate) -> Void) -> PermessageDeflate {
        var deflate = PermessageDeflate()
        deflate.threshold = 0
        change(&deflate)
        return deflate
    }

    /// Runs an echo server with the given compression, and a client connected to it.
    private func withEcho(
        client: PermessageDeflate?,
        server: PermessageDeflate?,
        _ body: @escaping (WebSocketConnection) async throws -> Void
    ) async throws {
        var configuration = WebSocketServerConfiguration()
        configuration.connection = .test
        configuration.compression = server
        let listening = try await WebSocketServer.bind(configuration)
        let echo: @Sendable (ServerRequest) async -> Void = { request in
            guard let connection = try? await request.accept() else { return }
            do {
                for try await message in connection.messages { try await connection.send(message) }
            } catch { Issue.record(error) }
        }
        try await withServer(listening, echo) {
            let connection = try await connectClient(to: listening.port) { $0.compression = client }
            try await body(connection)
            await connection.close()
        }
    }

    private static let messages: [WebSocketMessage] =
        (0..<50).map { WebSocketMessage(text: #"{"type":"process_status","id":\#($0),"état":"läuft"}"#) }
        + [WebSocketMessage(text: ""), WebSocketMessage(binary: [UInt8](repeating: 7, count: 2_000_000))]

    @Test(
        "Client and server understand each other with every combination of parameters",
        arguments: [9, 15],
        [true, false]
    )
    func combinations(windowBits: Int, contextTakeover: Bool) async throws {
        let client = Self.deflate { deflate in
            deflate.ownWindowBits = windowBits
            deflate.peerContextTakeover = contextTakeover
        }
        for serverTakeover in [true, false] {
            let server = Self.deflate { deflate in
                deflate.peerWindowBits = 24 - windowBits
                deflate.peerContextTakeover = serverTakeover
            }
            try await self.withEcho(client: client, server: server) { connection in
                let agreed = try #require(connection.compression)
                #expect(agreed.own == .init(windowBits: 9, contextTakeover: serverTakeover))
                #expect(agreed.peer == .init(windowBits: 15, contextTakeover: contextTakeover))
                for message in Self.messages { try await connection.send(message) }
                var echoes = connection.messages.makeAsyncIterator()
                for message in Self.messages { #expect(try await echoes.next() == message) }
            }
        }
    }

    @Test("By default a client offers compression, and a server does not agree to it")
    func defaults() async throws {
        try await self.withEcho(client: PermessageDeflate(), server: nil) { #expect($0.compression == nil) }
        try await self.withEcho(client: nil, server: PermessageDeflate()) { #expect($0.compression == nil) }
        #expect(WebSocketClientConfiguration().compression == PermessageDeflate())
        #expect(WebSocketServerConfiguration().compression == nil)
    }

    @Test("A message for many connections is understood by each, also between others")
    func prepared() async throws {
        let news = WebSocketMessage(text: String(repeating: "something has happened; ", count: 1000))
        let prepared = PreparedMessage(news)
        for client in [nil, PermessageDeflate(), Self.deflate { $0.ownWindowBits = 10 }] {
            try await self.withEcho(client: client, server: PermessageDeflate()) { connection in
                var echoes = connection.messages.makeAsyncIterator()
                for _ in 0..<3 {
                    try await connection.send(prepared)
                    try await connection.send(news)
                    #expect(try await echoes.next() == news)
                    #expect(try await echoes.next() == news)
                }
            }
        }
    }

    @Test(
        "A response that does not fit the offer fails the handshake, and nothing is left",
        arguments: [
            "permessage-deflate; server_max_window_bits=16", "permessage-deflate; x=1", "permessage-deflate; \"",
            "permessage-deflate, permessage-deflate", "x-webkit-deflate-frame", ",",
        ]
    )
    func refusesResponses(header: String) async throws {
        let server = try await RawServer.start()
        async let connecting = connectClient(to: server.port)
        let peer = try await server.peer()
        // Without the empty line at its end.
        let response = try await peer.acceptance().dropLast(2)
        try await peer.send(response + Array("Sec-WebSocket-Extensions: \(header)\r\n\r\n".utf8))
        do {
            _ = try await connecting
            Issue.record("connected")
        } catch let error as WebSocketError {
            #expect(error.code == .handshakeFailed)
            #expect((error.cause as? HandshakeError)?.code == .invalidExtension)
        }
        try await eventually("the end of the socket") { peer.isInputEnded }
        await server.close()
    }

    @Test("Values that are out of range are refused before anything is sent")
    func validates() async throws {
        let wrong = Self.deflate { $0.level = 99 }
        let error = await #expect(throws: WebSocketError.self) {
            _ = try await connectClient(to: 1) { $0.compression = wrong }
        }
        #expect(error?.code == .invalidConfiguration)
        var configuration = WebSocketServerConfiguration()
        configuration.compression = wrong
        let refused = await #expect(throws: WebSocketError.self) { _ = try await WebSocketServer.bind(configuration) }
        #expect(refused?.code == .invalidConfiguration)
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

/// The two ways to attack an open connection: as a client of our server, and as a server of our client.
enum Attack {
    /// An extension field that accepts compression with all defaults.
    static let deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

    /// A valid request.
    ///
    /// - Parameters:
    ///   - fields: Field lines to add, each with its CRLF.
    ///   - origin: The value of `Origin`, or nil for none.
    /// - Returns: The bytes of the head.
    static func request(_ fields: String = "", origin: String? = nil) -> [UInt8] {
        let origin = origin.map { "Origin: \($0)\r\n" } ?? ""
        let head = """
            GET / HTTP/1.1\r
            Host: 127.0.0.1\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \(origin)\(fields)\r

            """
        return Array(head.utf8)
    }

    /// A valid response to the request that `peer` has received, with added field lines.
    static func response(to peer: RawPeer, _ fields: String = "") async throws -> [UInt8] {
        try await peer.acceptance().dropLast(2) + Array("\(fields)\r\n".utf8)
    }

    /// Runs our server with an echo, and checks that it still serves after `body` has returned.
    ///
    /// - Parameters:
    ///   - change: Changes the configuration.
    ///   - body: Attacks the port.
    static func server(
        _ change: (inout WebSocketServerConfiguration) -> Void = { _ in },
        _ body: (Int) async throws -> Void
    ) async throws {
        var configuration = WebSocketServerConfiguration()
        configuration.connection = .test
        change(&configuration)
        let server = try await WebSocketServer.bind(configuration)
        try await withServer(server, self.echo) {
            try await body(server.port)
            let connection = try await connectClient(to: server.port)
            try await connection.send(text: "still there?")
            #expect(try await connection.texts(1) == ["still there?"])
            await connection.close()
        }
    }

    /// Connects our client to a raw server, runs `body` with both, and ends the connection.
    ///
    /// - Parameters:
    ///   - configuration: The configuration of the connection.
    ///   - fields: Field lines to add to the response.
    ///   - receiveBufferBytes: The size of the system's receive buffer of the raw end.
    ///   - body: Uses both ends.
    static func client(
        _ configuration: ConnectionConfiguration = .test,
        fields: String = "",
        receiveBufferBytes: Int? = nil,
        _ body: (WebSocketConnection, RawPeer) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(receiveBufferBytes: receiveBufferBytes)
        do {
            async let connecting = connectClient(to: server.port, configuration)
            let peer = try await server.peer()
            try await peer.send(try await self.response(to: peer, fields))
            let connection = try await connecting
            try await body(connection, peer)
            connection.abort()
            _ = try await withTimeout("end of the connection") { try await connection.waitUntilClosed() }
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    /// Runs `body` with the attacker's end of an open connection to our `role`.
    ///
    /// - Parameters:
    ///   - role: Our role, which is attacked.
    ///   - compressed: Whether the connection has compression.
    ///   - configuration: The configuration of the attacked connection.
    ///   - body: Attacks the connection.
    static func open(
        _ role: Role,
        compressed: Bool = false,
        _ configuration: ConnectionConfiguration = .test,
        _ body: (RawPeer) async throws -> Void
    ) async throws {
        let fields = compressed ? self.deflate : ""
        guard role == .server else {
            return try await self.client(configuration, fields: fields) { _, peer in try await body(peer) }
        }
        try await self.server {
            $0.connection = configuration
            $0.compression = compressed ? PermessageDeflate() : nil
        } _: { port in
            let peer = try await RawPeer.connect(to: port)
            try await peer.send(self.request(fields))
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 101 "))
            try await body(peer)
            await peer.close()
        }
    }

    /// Waits for the Close frame that our `role` sends, and for the end of the connection.
    ///
    /// - Parameters:
    ///   - role: Our role, which was attacked.
    ///   - peer: The attacker's end.
    /// - Returns: The payload of the frame.
    static func closePayload(of role: Role, at peer: RawPeer) async throws -> [UInt8] {
        try await peer.expectClosed()
        let frames = try peer.frames(masked: role.masksItsFrames)
        let last = try #require(frames.last)
        #expect(last.opcode == Opcode.close.rawValue)
        return last.payload
    }

    /// Does the same as ``closePayload(of:at:)``, and returns the code.
    static func closeCode(of role: Role, at peer: RawPeer) async throws -> Int? {
        SecurityTests.closeCode(try await self.closePayload(of: role, at: peer))
    }

    private static let echo: @Sendable (ServerRequest) async -> Void = { request in
        guard let connection = try? await request.accept() else { return }
        do {
            for try await message in connection.messages { try await connection.send(message) }
        } catch {
            // The attacker's end judges the result of the attack.
        }
    }
}

/// The code at the start of the payload of a Close frame.
func closeCode(_ payload: [UInt8]) -> Int? {
    payload.count < 2 ? nil : Int(payload[0]) << 8 | Int(payload[1])
}

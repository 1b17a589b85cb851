import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: Sec-WebSocket-Extensions", .serialized)
struct NegotiationAttackTests {
    /// Invalid values of the two window parameters: not a number from 8 to 15 (RFC 7692 §7.1.2).
    private static let badValues = [
        "0", "7", "16", "99", "\"\"", "", "015", "+9", "-9", "9 9", "\"9 9\"", "\"7\"", "0x9", "9.0",
        "9999999999999999999999",
        "\u{7}9",
    ]

    /// Headers that neither a client nor a server may send.
    private static let badHeaders =
        Self.badValues.flatMap {
            ["permessage-deflate; server_max_window_bits=\($0)", "permessage-deflate; client_max_window_bits=\($0)"]
        } + [
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; unknown", "permessage-deflate;",
            "permessage-deflate; constructor", "permessage-deflate; __proto__=1", "; server_no_context_takeover",
        ]

    /// Texts that are not an extension header (RFC 6455 §9.1).
    private static let malformed = [
        ",", ", ,,", ";", "=", "permessage-deflate; a=\"", "permessage-deflate; a=\"b",
        "permessage-deflate; a=\"\\\"",
        "\"permessage-deflate\"", "a b", "permessage-deflate\t\u{B}",
    ]

    @Test("A response that is malformed, out of range, or not what was offered fails the handshake of a client")
    func responses() async throws {
        let unoffered = [
            "", "constructor", "x-webkit-deflate-frame", "permessage-deflate, permessage-deflate", "toString, a",
        ]
        let server = try await RawServer.start()
        for (index, value) in (Self.badHeaders + Self.malformed + unoffered).enumerated() {
            async let connecting = Result.catching { try await connectClient(to: server.port) }
            let peer = try await server.peer(index)
            try await peer.send(try await Attack.response(to: peer, "Sec-WebSocket-Extensions: \(value)\r\n"))
            let error = try await connecting.error as? WebSocketError
            #expect(error?.code == .handshakeFailed, "\(value)")
        }
        await server.close()
    }

    @Test("A quoted value is the same value: it opens a connection", arguments: ["9", "\"9\"", "\"1\\5\""])
    func quoted(value: String) async throws {
        let fields = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\(value)\r\n"
        try await Attack.client(fields: fields) { connection, _ in #expect(connection.closure == nil) }
    }

    @Test("An offer that breaks RFC 7692 is declined, one that is no header is refused, and the server lives on")
    func offers() async throws {
        try await Attack.server {
            $0.compression = PermessageDeflate()
        } _: { port in
            for value in Self.badHeaders + Self.malformed {
                let peer = try await RawPeer.connect(to: port)
                try await peer.send(Attack.request("Sec-WebSocket-Extensions: \(value)\r\n"))
                let head = try await peer.receiveHead()
                #expect(head.hasPrefix("HTTP/1.1 101 ") || head.hasPrefix("HTTP/1.1 400 "), "\(value): \(head)")
                #expect(!head.lowercased().contains("permessage-deflate"), "\(value)")
                if Self.malformed.contains(value) { #expect(head.hasPrefix("HTTP/1.1 400 "), "\(value): \(head)") }
                await peer.close()
            }
        }
    }

    @Test("A header of 64 KiB is refused at the limit of a line, in both roles")
    func long() async throws {
        let long = "Sec-WebSocket-Extensions: permessage-deflate; x=\"" + String(repeating: "\\\"", count: 32_768)
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            peer.sendLater(Attack.request(long + "\r\n"))
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 431 "))
            await peer.close()
        }
        let server = try await RawServer.start()
        async let connecting = Result.catching { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        peer.sendLater(try await Attack.response(to: peer, long + "\r\n"))
        let error = try await connecting.error as? WebSocketError
        #expect((error?.cause as? HandshakeError)?.code == .limitExceeded)
        await server.close()
    }
}

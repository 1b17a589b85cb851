import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: CR, LF and NUL", .serialized)
struct InjectionTests {
    /// A part of the request that contains text of a user.
    enum Place: CaseIterable { case path, query, host, origin, subprotocol, fieldName, fieldValue }

    private static let texts = ["a\r\nX: y", "a\r", "a\n", "a\0", "\r\n\r\nGET / HTTP/1.1"]

    @Test("Nothing is sent, and no connection made, whatever place is attacked", arguments: Place.allCases)
    func request(place: Place) async throws {
        let server = try await RawServer.start()
        for text in Self.texts {
            let result = try await Result.catching {
                var configuration = WebSocketClientConfiguration()
                switch place {
                case .origin: configuration.origin = text
                case .subprotocol: configuration.subprotocols = [text]
                case .fieldName: configuration.fields.append(name: text, value: "y")
                case .fieldValue: configuration.fields.append(name: "X", value: text)
                case .path, .query, .host: break
                }
                let path = place == .path ? "/\(text)" : place == .query ? "/?\(text)" : "/"
                let host = place == .host ? "127.0.0.1\(text)" : "127.0.0.1"
                let url = try WebSocketURL(host: host, port: server.port, path: path)
                _ = try await WebSocketClient.connect(to: url, configuration: configuration)
            }
            let error = try #require(result.error)
            #expect(!"\(error)".contains { $0 == "\r" || $0 == "\n" || $0 == "\0" || $0 == "\r\n" })
        }
        // An earlier connection would be accepted before this one.
        let last = try await Result.catching { try await RawPeer.connect(to: server.port) }.get()
        _ = try await server.peer()
        #expect(server.peers.count == 1 && server.peers[0].received.isEmpty)
        await last.close()
        await server.close()
    }

    @Test(
        "A request with a bare CR, LF or NUL, a folded line or a space before the colon is refused with 400",
        arguments: ["X: a\nY: b", "X: a\rY: b", "X: a\0b", "X: a\r\n b", "X : a", ": a", "X", "\nX: a"]
    )
    func smuggled(line: String) async throws {
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            try await peer.send(Attack.request("\(line)\r\n"))
            let head = try await peer.receiveHead()
            #expect(head.hasPrefix("HTTP/1.1 400 "))
            await peer.close()
        }
    }

    @Test("A subprotocol that the server does not speak is never echoed, nor is what an attacker wraps in one")
    func subprotocol() async throws {
        try await Attack.server {
            $0.policy.subprotocols = ["chat"]
        } _: { port in
            for offered in ["evil", "chat2, evil", "Chat"] {
                let peer = try await RawPeer.connect(to: port)
                try await peer.send(Attack.request("Sec-WebSocket-Protocol: \(offered)\r\n"))
                let head = try await peer.receiveHead()
                #expect(head.hasPrefix("HTTP/1.1 101 ") && !head.contains("Protocol:"))
                await peer.close()
            }
        }
    }

    @Test("What a server writes into its refusal is one printable line when an error quotes it")
    func quotedReason() async throws {
        let server = try await RawServer.start()
        async let connecting = Result.catching { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        _ = try await peer.receiveHead()
        try await peer.send(Array("HTTP/1.1 403 \u{1B}[31mNo\u{E9}\tway\r\nContent-Length: 0\r\n\r\n".utf8))
        let error = try #require(try await connecting.error as? WebSocketError)
        let isPrintable = error.message.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        #expect(isPrintable && error.code == .upgradeRefused || error.code == .handshakeFailed)
        await server.close()
    }
}

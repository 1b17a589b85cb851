import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A server that refuses the upgrade", .timeLimit(.minutes(1)))
struct ClientRefusalTests {
    /// Connects to a server that answers with `parts`, and returns the error.
    private func refusal(
        _ parts: [String],
        thenCloses: Bool = false
    ) async throws -> WebSocketError {
        let server = try await RawServer.start()
        let connecting = Task { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        _ = try await peer.receiveHead()
        for part in parts { peer.sendLater(Array(part.utf8)) }
        if thenCloses { await peer.endOutput() }
        let result = await connecting.result
        try await peer.expectClosed()
        await server.close()
        return try #require(result.error as? WebSocketError)
    }

    @Test("Status, fields and body of a 401 are in the error")
    func unauthorized() async throws {
        let error = try await self.refusal([
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 9\r\n\r\nno token.left over"
        ])
        #expect(error.code == .upgradeRefused)
        let refusal = try #require(error.refusal)
        #expect(refusal.status == 401)
        #expect(refusal.fields.values(for: "WWW-Authenticate").first == "Bearer")
        #expect(refusal.body == Array("no token.".utf8))
        #expect(refusal.isBodyComplete)
    }

    @Test("A JSON body of a 404 is in the error, also when it comes in pieces")
    func notFound() async throws {
        let body = #"{"error":"no such workspace"}"#
        let head =
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let error = try await self.refusal([head, String(body.prefix(5)), String(body.dropFirst(5))])
        let refusal = try #require(error.refusal)
        #expect(refusal.status == 404)
        #expect(String(decoding: refusal.body, as: UTF8.self) == body)
        #expect(refusal.isBodyComplete)
    }

    @Test("Where a refusal leads is at hand, and in the message without what may be secret")
    func elsewhere() async throws {
        let error = try await self.refusal([
            "HTTP/1.1 307 X\r\nLocation: ws://a:secret@there.example/x?token=secret\r\nContent-Length: 0\r\n\r\n"
        ])
        #expect(error.redirectLocation == "ws://a:secret@there.example/x?token=secret")
        #expect(error.message.contains("ws://...@there.example/x?..."), "\(error)")
        #expect(!error.message.contains("secret"))
        #expect(error.retry == .never)
    }

    @Test("A chunked body of a 503 is decoded")
    func unavailable() async throws {
        let error = try await self.refusal([
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n",
            "4\r\nbusy\r\n", "6\r\n, wait\r\n", "0\r\n\r\n",
        ])
        let refusal = try #require(error.refusal)
        #expect(refusal.status == 503)
        #expect(refusal.fields.values(for: "Retry-After").first == "7")
        #expect((error.httpStatus, error.retryAfter) == (503, .seconds(7)))
        #expect(error.retry == .after(.seconds(7)))
        #expect(error.message.contains("after 7 s"), "\(error)")
        #expect(refusal.body == Array("busy, wait".utf8))
        #expect(refusal.isBodyComplete)
    }

    @Test("Of a body without end, 64 KiB are kept")
    func endless() async throws {
        let piece = String(repeating: "x", count: 50_000)
        let error = try await self.refusal(["HTTP/1.1 500 Internal Server Error\r\n\r\n", piece, piece, piece])
        let refusal = try #require(error.refusal)
        #expect(refusal.status == 500)
        #expect(refusal.body.count == 65_536)
        #expect(!refusal.isBodyComplete)
    }

    @Test("Of a body that is cut, what came is kept")
    func cut() async throws {
        let error = try await self.refusal(
            ["HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\nupstream"],
            thenCloses: true
        )
        let refusal = try #require(error.refusal)
        #expect(refusal.status == 502)
        #expect(refusal.body == Array("upstream".utf8))
        #expect(!refusal.isBodyComplete)
    }

    @Test("When the time is over inside the body, the refusal is thrown with what came")
    func stalled() async throws {
        let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nnot yo"
        let server = try await RawServer.start(greeting: Array(answer.utf8))
        try await withAnyTime { time in
            let result = try await Result.catching {
                try await connectClient(to: server.port) { $0.connectTimeout = time }
            }
            let error = try #require(result.error as? WebSocketError)
            guard error.code == .upgradeRefused else { return false }
            #expect(error.refusal?.status == 403)
            #expect(error.refusal?.body == Array("not yo".utf8))
            #expect(error.refusal?.isBodyComplete == false)
            return true
        }
        await server.close()
    }

    @Test(
        "A response that is no handshake fails it",
        arguments: [
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "HTTP/1.0 101 Switching Protocols\r\n\r\n", "garbage\r\n\r\n", "\u{1}\u{2}\u{3}\r\n\r\n",
        ]
    )
    func broken(response: String) async throws {
        let error = try await self.refusal([response])
        #expect(error.code == .handshakeFailed)
        #expect(error.refusal == nil)
    }

    @Test("A head without end fails the handshake at its limit")
    func endlessHead() async throws {
        let line = "X-Filler: " + String(repeating: "y", count: 1000) + "\r\n"
        let error = try await self.refusal(
            ["HTTP/1.1 101 Switching Protocols\r\n"] + [String](repeating: line, count: 80)
        )
        #expect(error.code == .handshakeFailed)
        #expect((error.cause as? HandshakeError)?.code == .limitExceeded)
    }
}

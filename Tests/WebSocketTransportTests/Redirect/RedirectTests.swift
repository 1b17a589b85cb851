import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Redirects", .timeLimit(.minutes(1)))
struct RedirectTests {
    /// Runs a server that redirects `/hop/N` to `location(N)` and accepts all other requests.
    private func withRedirector(
        status: Int = 302,
        tls: Bool = false,
        _ seen: Recorder<HTTPRequestHead> = Recorder(),
        to location: @escaping @Sendable (Int, HTTPRequestHead) -> String?,
        _ body: (WebSocketServer) async throws -> Void
    ) async throws {
        let server = try await WebSocketServer.bind(.secure { if !tls { $0.tls = nil } })
        try await withServer(
            server,
            { request in
                seen.append(request.head)
                guard let hop = Int(request.head.path.split(separator: "/").last ?? "") else {
                    return await echoing()(request)
                }
                let fields = location(hop, request.head).map { ["Location": $0] as HTTPFields } ?? [:]
                try? request.respond(status: status, fields: fields)
            }
        ) { try await body(server) }
    }

    private func connect(
        _ url: WebSocketURL,
        _ maximum: Int,
        _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
    ) async throws -> WebSocketConnection {
        let configuration = WebSocketClientConfiguration.secure {
            $0.maximumRedirects = maximum
            $0.fields = [
                "Authorization": "Bearer s3cret", "Cookie": "s3cret", "X-API-Key": "s3cret", "User-Agent": "test",
            ]
            change(&$0)
        }
        return try await WebSocketClient.connect(to: url, configuration: configuration)
    }

    private func error(_ url: WebSocketURL, _ maximum: Int) async throws -> WebSocketError {
        let result = try await Result.catching { try await self.connect(url, maximum) }
        return try #require(result.error as? WebSocketError)
    }

    @Test("Those that are allowed are followed, with everything in the request", arguments: [301, 302, 303, 307, 308])
    func followed(status: Int) async throws {
        let seen = Recorder<HTTPRequestHead>()
        try await self.withRedirector(
            status: status,
            seen,
            to: { hop, _ in hop == 0 ? "../end?x=1" : "\(hop - 1)" }
        ) { server in
            let connection = try await self.connect(.local(server.port, path: "/hop/2"), 3) { $0.subprotocols = [] }
            try await expectEcho(on: connection)
            #expect(seen.values.map(\.target) == ["/hop/2", "/hop/1", "/hop/0", "/end?x=1"])
            #expect(seen.values.allSatisfy { $0.fields.first("Authorization") == "Bearer s3cret" })
            // Each request has a new key.
            #expect(Set(seen.values.compactMap { $0.fields.first("Sec-WebSocket-Key") }).count == 4)
        }
    }

    @Test("Without being asked to, none is followed: it is a refusal")
    func notFollowed() async throws {
        try await self.withRedirector(to: { _, _ in "/end" }) { server in
            let error = try await self.error(.local(server.port, path: "/hop/1"), 0)
            #expect(error.code == .upgradeRefused)
            #expect(error.refusal?.status == 302)
        }
    }

    @Test("A loop ends at the maximum", arguments: [1, 5, 20])
    func loop(maximum: Int) async throws {
        let seen = Recorder<HTTPRequestHead>()
        try await self.withRedirector(seen, to: { _, _ in "/hop/1" }) { server in
            let error = try await self.error(.local(server.port, path: "/hop/1"), maximum)
            #expect(error.code == .tooManyRedirects)
            #expect(error.refusal?.status == 302)
            #expect(error.message.contains("more than \(maximum) times"))
            #expect(seen.values.count == maximum + 1)
        }
    }

    @Test("To another origin no credentials go along")
    func otherOrigin() async throws {
        let seen = Recorder<HTTPRequestHead>()
        let target = try await WebSocketServer.bind(.secure { $0.tls = nil })
        let port = target.port
        try await withServer(
            target,
            { request in
                seen.append(request.head)
                await echoing()(request)
            }
        ) {
            for host in ["127.0.0.1", "localhost"] {
                try await self.withRedirector(to: { _, _ in "http://\(host):\(port)/end" }) { server in
                    try await expectEcho(on: self.connect(.local(server.port, path: "/hop/1"), 1))
                }
            }
        }
        #expect(seen.values.count == 2)
        for head in seen.values {
            #expect(head.fields.values(for: "User-Agent") == ["test"])
            #expect(!head.fields.contains { $0.value.contains("s3cret") })
        }
    }

    @Test("Back at the first origin, credentials that were left behind stay so")
    func thereAndBack() async throws {
        let seen = Recorder<HTTPRequestHead>()
        try await self.withRedirector(
            seen,
            to: { hop, head in
                let port = (head.fields.first("Host") ?? "").split(separator: ":").last ?? ""
                return hop == 2 ? "//localhost:\(port)/hop/1" : "//127.0.0.1:\(port)/end"
            }
        ) { server in
            try await expectEcho(on: self.connect(.local(server.port, path: "/hop/2"), 2))
            #expect(seen.values.map { $0.fields.contains("Authorization") } == [true, false, false])
        }
    }

    @Test("From ws to wss one is followed, without credentials; from wss to ws none is")
    func schemes() async throws {
        let seen = Recorder<HTTPRequestHead>()
        let plain: @Sendable (Int, HTTPRequestHead) -> String? = { "http://\($1.fields.first("Host") ?? "")/end" }
        try await self.withRedirector(tls: true, seen, to: plain) { secure in
            let port = secure.port
            let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: port, path: "/hop/1")
            let error = try await self.error(url, 5)
            #expect(error.code == .redirectRefused)
            #expect(error.message.contains("from wss to ws"))
            try await self.withRedirector(to: { _, _ in "https://127.0.0.1:\(port)/end" }) { server in
                try await expectEcho(on: self.connect(.local(server.port, path: "/hop/1"), 1))
            }
            #expect(seen.values.map { $0.fields.contains("Authorization") } == [true, false])
        }
    }

    @Test(
        "A Location that leads to no WebSocket is refused",
        arguments: ["ftp://example.test/", "http://", "/a b", "http://u:p@127.0.0.1/", "ws+unix:/tmp/x:/"]
    )
    func nowhere(location: String) async throws {
        try await self.withRedirector(to: { _, _ in location }) { server in
            let error = try await self.error(.local(server.port, path: "/hop/1"), 5)
            #expect(error.code == .redirectRefused, "\(error)")
        }
    }

    @Test("A redirect without a Location is a refusal")
    func withoutLocation() async throws {
        try await self.withRedirector(to: { _, _ in nil }) { server in
            let error = try await self.error(.local(server.port, path: "/hop/1"), 5)
            #expect(error.code == .upgradeRefused)
        }
    }

    @Test("The time is for the whole chain, and nothing of any step is left")
    func deadline() async throws {
        let silent = try await RawServer.start()
        let port = silent.port
        try await self.withRedirector(to: { _, _ in "//127.0.0.1:\(port)/" }) { server in
            try await withAnyTime { time in
                let start = ContinuousClock.now
                let result = try await Result.catching {
                    try await self.connect(.local(server.port, path: "/hop/1"), 1) { $0.connectTimeout = time }
                }
                #expect((result.error as? WebSocketError)?.code == .connectTimedOut)
                #expect(ContinuousClock.now - start < time + .seconds(5))
                return !silent.peers.isEmpty
            }
        }
        for peer in silent.peers { try await peer.expectClosed() }
        await silent.close()
    }

    @Test(
        "A redirect whose body never ends is followed at once, and its socket is closed",
        arguments: ["", "Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 0x\r\n"]
    )
    func endlessBody(field: String) async throws {
        let redirector = try await RawServer.start()
        try await withEchoServer(.secure { $0.tls = nil }) { server in
            let port = redirector.port
            async let connecting = withTimeout("the redirect", .seconds(9)) { try await self.connect(.local(port), 1) }
            let peer = try await redirector.peer()
            let location = "Location: http://127.0.0.1:\(server.port)/\r\n"
            try await peer.send(Array("HTTP/1.1 302 Found\r\n\(location)\(field)\r\nbody".utf8))
            try await expectEcho(on: connecting)
            try await peer.expectClosed()
        }
        await redirector.close()
    }

    @Test("A redirect that is not followed any more is reported with its body", arguments: [0, 1])
    func keepsTheLastBody(maximum: Int) async throws {
        let redirector = try await RawServer.start()
        let port = redirector.port
        async let connecting = Result.catching { try await self.connect(.local(port), maximum) }
        for index in 0...maximum {
            let peer = try await redirector.peer(index)
            let response = "HTTP/1.1 302 Found\r\nLocation: /\(index)\r\nContent-Length: 4\r\n\r\nhere"
            try await peer.send(Array(response.utf8))
        }
        let error = try #require(try await connecting.error as? WebSocketError)
        #expect(error.code == (maximum == 0 ? .upgradeRefused : .tooManyRedirects))
        #expect(error.refusal?.body == Array("here".utf8))
        await redirector.close()
    }

    @Test("Cancelling ends the chain wherever it is", arguments: [true, false])
    func cancelled(byTask: Bool) async throws {
        let silent = try await RawServer.start()
        let port = silent.port
        try await self.withRedirector(to: { _, _ in "//127.0.0.1:\(port)/" }) { server in
            let configuration = WebSocketClientConfiguration.secure { $0.maximumRedirects = 1 }
            let pending = try WebSocketClient.prepare(.local(server.port, path: "/hop/1"), configuration: configuration)
            let task = Task { try await pending.connect() }
            let peer = try await silent.peer()
            if byTask { task.cancel() } else { pending.cancel() }
            #expect(await task.result.error is CancellationError)
            try await peer.expectClosed()
        }
        await silent.close()
    }
}

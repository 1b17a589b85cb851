import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Connecting through a proxy", .timeLimit(.minutes(1)))
struct ProxyTests {
    /// A configuration for the test's own server, with a host name that only the proxy resolves.
    private func configuration(
        _ kind: WebSocketProxy.Kind,
        port: Int,
        user: String? = "ada",
        password: String = "s3cret"
    ) throws -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration.secure()
        configuration.proxy = try WebSocketProxy(
            kind: kind,
            host: "127.0.0.1",
            port: port,
            user: user,
            password: password
        )
        return configuration
    }

    @Test(
        "ws and wss go through both kinds, and the proxy resolves the name",
        arguments: [true, false],
        [true, false]
    )
    func through(isSOCKS: Bool, isSecure: Bool) async throws {
        let proxy = try await TestProxy.start(isSOCKS: isSOCKS)
        let closures = Recorder<WebSocketClosure>()
        let server = WebSocketServerConfiguration.secure { if !isSecure { $0.tls = nil } }
        try await withEchoServer(server, closures) { server in
            let url = try WebSocketURL(
                scheme: isSecure ? .wss : .ws,
                host: "a.streams.test",
                port: server.port
            )
            let configuration = try self.configuration(isSOCKS ? .socks5 : .http, port: proxy.port)
            let connection = try await WebSocketClient.connect(to: url, configuration: configuration)
            try await expectEcho(on: connection, String(repeating: "x", count: 300_000))
            try await eventually("the server's closure") { closures.values.count == 1 }
            #expect(closures.values[0].isClean)
            if isSOCKS {
                let port = String(server.port + 65_536, radix: 16).dropFirst()
                let name = "a.streams.test".utf8.map { String($0, radix: 16) }.joined()
                #expect(proxy.asked == ["05020002", "0103616461067333637265" + "74", "050100030e\(name)\(port)"])
            } else {
                let target = "a.streams.test:\(server.port)"
                let agent = "User-Agent: \(WebSocketClientConfiguration.defaultUserAgent)\r\n"
                let fields = "Host: \(target)\r\n\(agent)Proxy-Authorization: Basic YWRhOnMzY3JldA==\r\n"
                #expect(proxy.asked == ["CONNECT \(target) HTTP/1.1\r\n\(fields)\r\n"])
            }
        }
        try await eventually("end of all connections") { proxy.isIdle }
        await proxy.close()
    }

    @Test("A certificate is checked for the host, not for the proxy's address, through which it comes")
    func wrongHost() async throws {
        let proxy = try await TestProxy.start(isSOCKS: false)
        try await withEchoServer(.secure()) { server in
            // The certificate is for 127.0.0.1, the address of the proxy, and not for these hosts.
            for host in ["elsewhere.test", "192.0.2.1"] {
                let url = try WebSocketURL(scheme: .wss, host: host, port: server.port)
                let configuration = try self.configuration(.http, port: proxy.port)
                let result = try await Result.catching {
                    try await WebSocketClient.connect(to: url, configuration: configuration)
                }
                #expect((result.error as? WebSocketError)?.code == .tlsWrongHost)
            }
        }
        try await eventually("end of all connections") { proxy.isIdle }
        await proxy.close()
    }

    /// Connects through a proxy that sends the given answers, and returns the error.
    private func error(
        _ configuration: (Int) throws -> WebSocketClientConfiguration,
        answers: [[UInt8]],
        thenCloses: Bool = false
    ) async throws -> WebSocketError {
        let server = try await RawServer.start()
        let client = try configuration(server.port)
        let url = try WebSocketURL(host: "example.test", port: 80)
        let connecting = Task { try await WebSocketClient.connect(to: url, configuration: client) }
        let peer = try await server.peer()
        for answer in answers {
            let count = peer.receivedCount
            try await eventually("the client's next words") { peer.receivedCount > 0 }
            peer.sendLater(answer)
            if answer != answers.last { try await eventually("an answer") { peer.receivedCount > count } }
        }
        if thenCloses { await peer.endOutput() }
        let result = await connecting.result
        try await peer.expectClosed()
        await server.close()
        let error = try #require(result.error as? WebSocketError)
        #expect(!"\(error) \(String(reflecting: error))".contains("s3cret"))
        return error
    }

    @Test("The status of an HTTP proxy that refuses is in the error", arguments: [403, 407, 502], [true, false])
    func refusedByHTTP(status: Int, hasCredentials: Bool) async throws {
        let error = try await self.error(
            { try self.configuration(.http, port: $0, user: hasCredentials ? "ada" : nil) },
            answers: [Array("HTTP/1.1 \(status) No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno".utf8)]
        )
        #expect(error.code == .proxyRefused)
        #expect(error.proxyRefusal?.status == status)
        #expect(error.message.contains("status \(status)"))
        #expect(error.message.contains(hasCredentials ? "does not accept" : "asks for") == (status == 407))
    }

    @Test("The reply of a SOCKS5 proxy that refuses is in the error", arguments: UInt8(1)...9)
    func refusedBySOCKS(reply: UInt8) async throws {
        let error = try await self.error(
            { try self.configuration(.socks5, port: $0, user: nil) },
            answers: [[5, 0], [5, reply, 0, 1, 0, 0, 0, 0, 0, 0]]
        )
        #expect(error.code == .proxyRefused)
        #expect(error.proxyRefusal == .socks(reply: reply))
        #expect(error.message.contains("\(reply)"))
    }

    @Test(
        "A proxy that speaks something else is broken; one that ends the connection leads nowhere",
        arguments: [true, false]
    )
    func broken(isSOCKS: Bool) async throws {
        let cut: [UInt8] = isSOCKS ? [5] : Array("HTTP/1.1 200".utf8)
        for answer in [cut, [], Array("SSH-2.0-x\r\n".utf8)] {
            let error = try await self.error(
                { try self.configuration(isSOCKS ? .socks5 : .http, port: $0) },
                answers: [answer],
                thenCloses: true
            )
            #expect(error.code == (answer.first == UInt8(ascii: "S") ? .proxyFailed : .connectFailed), "\(error)")
            #expect(error.message.contains("proxy"), "\(error)")
        }
    }

    @Test("A tunnel that ends before the server has answered leads nowhere, and the message names the proxy")
    func tunnelEnds() async throws {
        let error = try await self.error(
            { try self.configuration(.http, port: $0) },
            answers: [Array("HTTP/1.1 200 OK\r\n\r\n".utf8)],
            thenCloses: true
        )
        #expect(error.code == .connectFailed, "\(error)")
        #expect(error.reason == .ended)
        #expect(error.message.contains("through the proxy http://127.0.0.1:"), "\(error)")
    }

    @Test("What a proxy says of the time is at hand")
    func retryAfter() async throws {
        let error = try await self.error(
            { try self.configuration(.http, port: $0) },
            answers: [Array("HTTP/1.1 503 No\r\nRetry-After: 4\r\nContent-Length: 0\r\n\r\n".utf8)]
        )
        #expect(error.code == .proxyRefused)
        #expect((error.httpStatus, error.retryAfter) == (503, .seconds(4)))
        #expect(error.retry == .after(.seconds(4)))
        #expect(error.message.contains("after 4 s"), "\(error)")
    }

    @Test("What the server says right behind the proxy's answer is not lost")
    func earlyBytes() async throws {
        let error = try await self.error(
            { try self.configuration(.http, port: $0) },
            answers: [Array("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy".utf8)]
        )
        #expect(error.code == .upgradeRefused)
        #expect(error.refusal?.status == 503)
        #expect(error.refusal?.body == Array("busy".utf8))
    }

    @Test("A proxy that says nothing is given up in time; cancelling does the same at once", arguments: [true, false])
    func silent(isSOCKS: Bool) async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(scheme: .wss, host: "example.test")
        let configuration = try self.configuration(isSOCKS ? .socks5 : .http, port: server.port)
        try await withAnyTime { time in
            var configuration = configuration
            configuration.connectTimeout = time
            let result = try await Result.catching { [configuration] in
                try await WebSocketClient.connect(to: url, configuration: configuration)
            }
            let error = try #require(result.error as? WebSocketError)
            #expect(error.code == .connectTimedOut)
            return error.message.contains("waiting for the proxy")
        }
        let count = server.peers.count
        let task = Task { try await WebSocketClient.connect(to: url, configuration: configuration) }
        let peer = try await server.peer(count)
        try await eventually("the client's first words") { peer.receivedCount > 0 }
        task.cancel()
        #expect(await task.result.error is CancellationError)
        for peer in server.peers { try await peer.expectClosed() }
        await server.close()
    }

    @Test("A proxy that is not there is connectFailed, and the message says so")
    func absent() async throws {
        let server = try await RawServer.start()
        let configuration = try self.configuration(.http, port: server.port)
        await server.close()
        let url = try WebSocketURL(host: "example.test")
        let result = try await Result.catching {
            try await WebSocketClient.connect(to: url, configuration: configuration)
        }
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .connectFailed)
        #expect(error.message.contains("proxy http://127.0.0.1:"))
        #expect(error.message.contains("connection refused"), "\(error)")
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("An attempt to connect that fails", .timeLimit(.minutes(1)))
struct ClientFailureTests {
    /// How the server ends the handshake.
    enum End: CaseIterable { case atOnce, afterRequest, insideHead, resetAtOnce, resetInsideHead }

    @Test(
        "A server that ends the connection before the end of its answer was not connected to",
        arguments: End.allCases
    )
    func closes(end: End) async throws {
        let server = try await RawServer.start()
        let connecting = Task { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        if end != .atOnce, end != .resetAtOnce { _ = try await peer.receiveHead() }
        if end == .insideHead || end == .resetInsideHead { try await peer.send(Array("HTTP/1.1 101 Swi".utf8)) }
        if end == .resetAtOnce || end == .resetInsideHead { await peer.reset() } else { await peer.close() }
        let result = await connecting.result
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .connectFailed)
        #expect(error.retry == .backOff)
        let isReset = end == .resetAtOnce || end == .resetInsideHead
        // If a socket is closed before it has read the request, the system resets the connection.
        let mayBeEither = end == .atOnce && error.reason == .reset
        #expect(error.reason == (isReset ? .reset : .ended) || mayBeEither, "\(error)")
        #expect(error.message.contains("127.0.0.1:\(server.port)"), "\(error)")
        await server.close()
    }

    @Test(
        "What is not HTTP is a broken protocol, also when it is cut",
        arguments: ["SSH-2.0-OpenSSH_9.6\r\n", "SSH-2", "\u{16}\u{3}\u{1}", "{"]
    )
    func isNotHTTP(words: String) async throws {
        let server = try await RawServer.start(greeting: Array(words.utf8))
        let connecting = Task { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        _ = try await peer.receiveHead()
        await peer.close()
        let error = try #require(await connecting.result.error as? WebSocketError)
        #expect(error.code == .handshakeFailed, "\(error)")
        #expect(error.retry == .never)
        await server.close()
    }

    @Test("A server that says nothing is given up in time, and its socket closed")
    func silent() async throws {
        try await withAnyTime { time in
            let server = try await RawServer.start()
            let start = ContinuousClock.now
            let result = try await Result.catching {
                try await connectClient(to: server.port) { $0.connectTimeout = time }
            }
            #expect((result.error as? WebSocketError)?.code == .connectTimedOut)
            #expect(ContinuousClock.now - start >= time)
            #expect(ContinuousClock.now - start < time + .seconds(5))
            let peers = server.peers
            for peer in peers { try await peer.expectClosed() }
            await server.close()
            return !peers.isEmpty
        }
    }

    @Test("An address that does not answer is given up in time")
    func unanswered() async throws {
        let listener = try await FullListener.start()
        let result = try await Result.catching {
            try await connectClient(to: listener.port) { $0.connectTimeout = .milliseconds(100) }
        }
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .connectTimedOut)
        #expect(error.reason == .timedOut)
        #expect(error.message.hasSuffix("while connecting to the host."), "\(error)")
        await listener.close()
    }

    @Test("A port where nothing listens is connectFailed", arguments: ["127.0.0.1", "localhost"])
    func nothingListens(host: String) async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(host: host, port: server.port)
        await server.close()
        let result = try await Result.catching { try await WebSocketClient.connect(to: url) }
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .connectFailed)
        #expect(error.reason == .refused)
        #expect(error.message.contains("connection refused"), "\(error)")
        #expect(error.cause != nil)
    }

    @Test("A name is resolved, and an address of it that refuses is passed over")
    func name() async throws {
        let server = try await WebSocketServer.bind()
        let url = try WebSocketURL(host: "localhost", port: server.port)
        try await withServer(server, { request in _ = try? await request.accept() }) {
            let connection = try await WebSocketClient.connect(to: url)
            await connection.close()
        }
    }

    @Test("Cancelling while the 101 is awaited ends the attempt and its socket")
    func cancelledWaiting() async throws {
        let server = try await RawServer.start()
        let task = Task { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        _ = try await peer.receiveHead()
        task.cancel()
        let result = try await withTimeout("the cancelled attempt", .seconds(9)) { await task.result }
        #expect(result.error is CancellationError)
        try await peer.expectClosed()
        await server.close()
    }

    @Test("Cancelling while TCP connects ends the attempt")
    func cancelledConnecting() async throws {
        let listener = try await FullListener.start()
        let task = Task { try await connectClient(to: listener.port) }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        let result = try await withTimeout("the cancelled attempt", .seconds(9)) { await task.result }
        #expect(result.error is CancellationError)
        await listener.close()
    }

    @Test("A task that is cancelled already connects to nothing")
    func cancelledBefore() async throws {
        let server = try await RawServer.start()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await connectClient(to: server.port)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.peers.isEmpty)
        await server.close()
    }

    @Test("An attempt cancelled at any moment ends with an open connection or with an error, never in between")
    func cancelledAnyTime() async throws {
        let server = try await WebSocketServer.bind()
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                _ = try? await connection.texts()
            }
        ) {
            for round in 0..<150 {
                let task = Task { try await connectClient(to: server.port) }
                try await Task.sleep(for: .microseconds(round * 20))
                task.cancel()
                guard case .success(let connection) = await task.result else { continue }
                try await connection.send(text: "open")
                let closure = await connection.close()
                #expect(closure.isClean, "round \(round)")
            }
            try await eventually("end of all connections") { server.connectionCount == 0 }
        }
    }
}

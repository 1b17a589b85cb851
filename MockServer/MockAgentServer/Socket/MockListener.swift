import NIOCore
import NIOPosix
import WebSocketProtocol
import WebSocketTransport

#if TLS
import NIOSSL
#endif

/// Listens for TCP connections, and handles each request in its own task.
final class MockListener: Sendable {
    private struct Sockets {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// The WebSockets by the same keys; they end by their own rules.
        var webSockets: [ObjectIdentifier: MockSocket] = [:]
        var isShutDown = false
    }

    /// Adds the handler of TLS to a new connection, if the server has TLS.
    private typealias Secure = @Sendable (any Channel) throws -> Void

    let port: Int
    private let channel: any Channel
    private let sockets: Watched<Sockets>
    private let requests: AsyncStream<MockRequest>
    private let incoming: AsyncStream<MockRequest>.Continuation

    private init(
        _ channel: any Channel,
        _ sockets: Watched<Sockets>,
        _ requests: (stream: AsyncStream<MockRequest>, continuation: AsyncStream<MockRequest>.Continuation)
    ) {
        (self.channel, self.sockets) = (channel, sockets)
        (self.requests, self.incoming) = requests
        self.port = channel.localAddress?.port ?? 0
    }

    /// - Throws: ``MockServerError`` with `invalidConfiguration` or `listenFailed`.
    static func bind(
        host: String,
        port: Int,
        tls: WebSocketServerTLSConfiguration?
    ) async throws(MockServerError) -> MockListener {
        #if TLS
        let context = try await MockTLS.context(tls)
        let secure: Secure = { channel in
            guard let context else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        #else
        guard tls == nil else {
            let text = "TLS is not in this build: the trait TLS of the package workspace-streams is off."
            throw MockServerError(.invalidConfiguration, text)
        }
        let secure: Secure = { _ in }
        #endif
        let sockets = Watched(Sockets())
        let requests = AsyncStream.makeStream(of: MockRequest.self)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.adopt(channel, secure, sockets, requests.continuation)
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            return MockListener(channel, sockets, requests)
        } catch {
            let words = NetworkFailure(error).words
            throw MockServerError(.listenFailed, "Can't listen on \(host):\(port): \(words).", cause: error)
        }
    }

    private static func adopt(
        _ channel: any Channel,
        _ secure: Secure,
        _ sockets: Watched<Sockets>,
        _ incoming: AsyncStream<MockRequest>.Continuation
    ) throws {
        let id = ObjectIdentifier(channel)
        let isShutDown = sockets.update { sockets in
            if !sockets.isShutDown { sockets.channels[id] = channel }
            return sockets.isShutDown
        }
        guard !isShutDown else { throw ChannelError.ioOnClosedChannel }
        channel.closeFuture.whenComplete { _ in
            sockets.update { ($0.channels[id], $0.webSockets[id]) = (nil, nil) }
        }
        try secure(channel)
        let handler = HTTPHandler(
            onRequest: { request in
                // No task handles requests any more.
                if case .terminated = incoming.yield(request) { request.abort() }
            },
            onOpen: { socket in sockets.update { $0.webSockets[id] = socket } }
        )
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// The number of TCP connections that are open.
    var socketCount: Int { self.sockets.value.channels.count }

    /// Waits until exactly this number of TCP connections is open.
    ///
    /// - Throws: ``MockServerError`` with `stopped` or `timedOut`; `CancellationError`.
    func waitForSockets(_ count: Int, within limit: Duration) async throws {
        try await self.sockets.wait(within: limit, "\(count) TCP connections") { sockets in
            "Open are \(sockets.channels.count), and \(sockets.webSockets.count) of them are WebSockets."
        } until: {
            $0.channels.count == count
        }
    }

    /// Handles requests until the listener is shut down or the task is cancelled; call it once.
    func run(_ handle: @escaping @Sendable (MockRequest) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await request in self.requests {
                group.addTask {
                    await handle(request)
                    request.finish()
                }
            }
        }
    }

    /// Accepts no more connections; existing WebSockets live on, other connections end.
    func stopListening() async {
        try? await self.channel.close()
        let channels = self.sockets.update { sockets in
            sockets.channels.filter { sockets.webSockets[$0.key] == nil }.map(\.value)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Stops listening, and ends every connection; WebSockets are told 1001.
    ///
    /// Returns when all sockets have ended; a WebSocket limits the time itself.
    func close() async {
        try? await self.channel.close()
        let (channels, webSockets) = self.sockets.update { sockets in
            sockets.isShutDown = true
            return (sockets.channels, sockets.webSockets)
        }
        for socket in webSockets.values { socket.beginClose(CloseFrame(.goingAway)) }
        for (id, channel) in channels where webSockets[id] == nil { channel.close(promise: nil) }
        for channel in channels.values { try? await channel.closeFuture.get() }
        self.incoming.finish()
        self.sockets.finish()
    }
}

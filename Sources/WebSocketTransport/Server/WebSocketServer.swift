import Logging
import NIOCore
import NIOPosix
public import WebSocketProtocol

#if TLS
import NIOSSL
#endif

/// Listens for requests, and handles each in its own task.
///
/// ```swift
/// let server = try await WebSocketServer.bind()
/// await server.run { request in
///     guard let connection = try? await request.accept() else { return }
///     do {
///         for try await message in connection.messages { try await connection.send(message) }
///     } catch { print(error) }
/// }
/// ```
public final class WebSocketServer: Sendable {
    private let listener: ServerListener
    private let sockets: ServerSockets
    private let requests: AsyncStream<ServerRequest>
    private let incoming: AsyncStream<ServerRequest>.Continuation

    /// The port that the server listens on; 0 if it listens on a Unix domain socket.
    public let port: Int

    private init(
        listener: ServerListener,
        sockets: ServerSockets,
        requests: AsyncStream<ServerRequest>,
        incoming: AsyncStream<ServerRequest>.Continuation
    ) {
        self.listener = listener
        self.port = listener.port
        (self.sockets, self.requests, self.incoming) = (sockets, requests, incoming)
    }

    /// The number of open connections.
    public var connectionCount: Int { self.sockets.connectionCount }

    /// Starts to listen.
    ///
    /// - Parameter configuration: Where to listen and which clients to accept.
    /// - Returns: The server. Call ``run(_:)`` to start it, and ``close(_:reason:)`` to end it.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration` or `listenFailed`.
    public static func bind(
        _ configuration: WebSocketServerConfiguration = WebSocketServerConfiguration()
    ) async throws -> WebSocketServer {
        try configuration.validate()
        #if TLS
        let tls = try await Self.tlsContext(configuration)
        #else
        guard configuration.tls == nil else { throw WebSocketError.noTLS(for: "a server with a certificate") }
        #endif
        let sockets = ServerSockets(configuration)
        let (requests, incoming) = AsyncStream.makeStream(of: ServerRequest.self)
        let bootstrap = Self.bootstrap(configuration) { channel in
            let admission = sockets.adopt(channel)
            guard admission == .read else { return try Self.refuse(channel, admission, configuration) }
            let handler = ServerHandshakeHandler(
                configuration: configuration,
                onRequest: { request in
                    // No task handles requests any more.
                    if case .terminated = incoming.yield(request) { request.abort() }
                },
                onOpen: { sockets.opened($0, on: channel) }
            )
            #if TLS
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            #endif
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let listener = try await ServerListener.bind(bootstrap, configuration)
        return WebSocketServer(listener: listener, sockets: sockets, requests: requests, incoming: incoming)
    }

    #if TLS
    /// Makes the context once for all connections, on a thread that may block.
    private static func tlsContext(_ configuration: WebSocketServerConfiguration) async throws -> NIOSSLContext? {
        guard let tls = configuration.tls else { return nil }
        return try await NIOThreadPool.singleton.runIfActive { try TLSContext.server(tls) }
    }
    #endif

    /// Refuses a socket because the server is full; the socket is closed if this throws.
    private static func refuse(
        _ channel: any Channel,
        _ admission: ServerSockets.OnAccept,
        _ configuration: WebSocketServerConfiguration
    ) throws {
        configuration.logger.debug("WebSocket refused", metadata: ["reason": "noRoom"])
        // With TLS, an answer would need a handshake first, so the socket is only closed.
        guard admission == .refuse, configuration.tls == nil else { throw ChannelError.ioOnClosedChannel }
        try channel.pipeline.syncOperations.addHandler(OverloadHandler(bounds: configuration.connection))
    }

    private static func bootstrap(
        _ configuration: WebSocketServerConfiguration,
        _ initialize: @escaping @Sendable (any Channel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: configuration.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: configuration.connection.firstReadBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try initialize(channel) }
            }
    }

    /// Handles requests until the server is closed or the task is cancelled; call it once.
    ///
    /// Returns after every handler has returned. If a handler leaves its connection open, the connection is closed with
    /// 1000. If a handler gives no answer, the client gets a 500.
    ///
    /// - Parameter handle: Handles one request, and the connection that it accepts, in its own task.
    public func run(_ handle: @escaping @Sendable (ServerRequest) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await request in self.requests {
                group.addTask {
                    await handle(request)
                    await request.finish()
                }
            }
        }
    }

    /// Stops listening and closes every connection.
    ///
    /// Returns when all sockets of the server are closed; ``ConnectionConfiguration/Closing`` limits the time.
    ///
    /// - Parameters:
    ///   - code: The code for the clients. Default: 1001, the server goes away.
    ///   - reason: The reason, for people; shortened to 123 bytes.
    public func close(_ code: CloseCode = .goingAway, reason: String = "") async {
        await self.listener.close()
        await self.sockets.close(CloseFrame(code, reason: reason))
        self.incoming.finish()
    }
}

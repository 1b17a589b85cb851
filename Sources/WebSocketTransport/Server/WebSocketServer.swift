import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import WebSocketProtocol

/// Listens for requests and has each handled in a task of its own.
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

    /// The connections that are open now.
    public var connectionCount: Int { self.sockets.connectionCount }

    /// Starts to listen.
    ///
    /// - Parameter configuration: Where to listen and whom to accept.
    /// - Returns: The server; call ``run(_:)``, and ``shutDown(_:reason:)`` to end it.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration` or `listenFailed`.
    public static func bind(
        _ configuration: WebSocketServerConfiguration = WebSocketServerConfiguration()
    ) async throws -> WebSocketServer {
        try configuration.validate()
        let tls = try await Self.tlsContext(configuration)
        let sockets = ServerSockets(configuration)
        let (requests, incoming) = AsyncStream.makeStream(of: ServerRequest.self)
        let bootstrap = Self.bootstrap(configuration) { channel in
            let admission = sockets.adopt(channel)
            guard admission == .read else { return try Self.refuse(channel, admission, configuration) }
            let handler = ServerHandshakeHandler(
                configuration: configuration,
                onRequest: { request in
                    // Nobody handles requests any more.
                    if case .terminated = incoming.yield(request) { request.drop() }
                },
                onOpen: { sockets.opened($0, on: channel) }
            )
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let listener = try await ServerListener.bind(bootstrap, configuration)
        return WebSocketServer(listener: listener, sockets: sockets, requests: requests, incoming: incoming)
    }

    /// Made once for all connections, on a thread that may block.
    private static func tlsContext(_ configuration: WebSocketServerConfiguration) async throws -> NIOSSLContext? {
        guard let tls = configuration.tls else { return nil }
        return try await NIOThreadPool.singleton.runIfActive { try TLSContext.server(tls) }
    }

    /// There is no room for a socket; it is closed if this throws.
    private static func refuse(
        _ channel: any Channel,
        _ admission: ServerSockets.OnAccept,
        _ configuration: WebSocketServerConfiguration
    ) throws {
        configuration.logger.debug("WebSocket refused", metadata: ["reason": "noRoom"])
        // With TLS the answer would cost its handshake.
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

    /// Handles requests until the server is shut down or the task is cancelled; call it once.
    ///
    /// Returns when every handler has returned. A connection that its handler leaves open is closed with 1000, a
    /// request without an answer gets a 500.
    ///
    /// - Parameter handle: Handles one request, and the connection that comes of it, in a task of its own.
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
    /// Returns when no socket of the server is left; bounded by ``ConnectionConfiguration/Closing``.
    ///
    /// - Parameters:
    ///   - code: What the clients are told. Default: 1001, the server goes away.
    ///   - reason: For people; cut to 123 bytes.
    public func shutDown(_ code: CloseCode = .goingAway, reason: String = "") async {
        await self.listener.close()
        await self.sockets.shutDown(CloseFrame(code, reason: reason))
        self.incoming.finish()
    }
}

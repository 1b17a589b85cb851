import NIOCore
import NIOPosix
import WebSocketProtocol

#if TLS
import NIOSSL
#endif

/// Makes the channel for the opening handshake: a socket, a tunnel through a proxy, TLS.
///
/// ```
///   (TLS context) ──► TCP or Unix socket ──► tunnel, if there is a proxy ──► TLS, if the URL is wss
/// ```
/// It owns nothing. Its caller gets each socket before the socket connects; if the caller closes it, the current step
/// fails.
struct Connector: Sendable {
    /// The current step of an attempt.
    enum Step: String, Sendable {
        case resolving = "while resolving the host name"
        case connecting = "while connecting to the host"
        case resolvingProxy = "while resolving the name of the proxy"
        case connectingProxy = "while connecting to the proxy"
        case tunnelling = "while waiting for the proxy to connect"
        case securing = "in the TLS handshake"
        case opening = "while waiting for the server's answer to the upgrade"

        /// Whether the step waits for the proxy.
        var isAboutProxy: Bool {
            switch self {
            case .resolvingProxy, .connectingProxy, .tunnelling: true
            case .resolving, .connecting, .securing, .opening: false
            }
        }
    }

    let url: WebSocketURL
    let configuration: WebSocketClientConfiguration
    let eventLoop: any EventLoop
    /// Called with every socket; throws if the attempt is over.
    let adopt: @Sendable (any Channel) throws -> Void
    /// Called before each step.
    let onStep: @Sendable (Step) -> Void

    /// Makes the channel.
    ///
    /// - Returns: The channel, on the event loop, before the server's first bytes are read; or a ``WebSocketError``.
    func connect() -> EventLoopFuture<any Channel> {
        guard self.url.isSecure else { return self.tunnel() }
        #if TLS
        return self.context().flatMap { context in
            self.tunnel().flatMap { channel in
                self.secure(channel, context).map { channel }
            }
        }
        #else
        return self.eventLoop.makeFailedFuture(WebSocketError.noTLS(for: "\(self.url)"))
        #endif
    }

    // MARK: Socket

    private func tunnel() -> EventLoopFuture<any Channel> {
        guard let proxy = self.configuration.proxy, self.url.socketPath == nil else {
            self.onStep(.resolving)
            return self.socket(host: self.url.host, port: self.url.port, then: .connecting)
                .flatMapErrorThrowing { error in throw WebSocketError(connectingTo: "\(self.url)", error) }
        }
        self.onStep(.resolvingProxy)
        return self.socket(host: proxy.host, port: proxy.port, then: .connectingProxy).flatMapErrorThrowing { error in
            throw WebSocketError(connectingTo: "the proxy \(proxy)", error, proxy: proxy)
        }.flatMap { channel in
            self.tunnel(through: proxy, on: channel).map { channel }
        }
    }

    /// The size of the first read: with TLS it reads certificates, and the buffer is kept for later reads.
    private var firstReadBytes: Int {
        let connection = self.configuration.connection
        return self.url.isSecure ? connection.firstReadBytes : connection.headReadBytes
    }

    private func socket(host: String, port: Int, then step: Step) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: self.eventLoop)
            .connectTimeout(TimeAmount(self.configuration.connectTimeout))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: self.firstReadBytes)
            )
            .channelInitializer { channel in
                // There is a socket now, so the name is resolved.
                self.onStep(step)
                return channel.eventLoop.makeCompletedFuture { try self.adopt(channel) }
            }
        if let path = self.url.socketPath { return bootstrap.connect(unixDomainSocketPath: path) }
        // A literal address needs neither a resolver nor its thread.
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: host, port: port)
    }

    // MARK: Tunnel

    private func tunnel(through proxy: WebSocketProxy, on channel: any Channel) -> EventLoopFuture<Void> {
        self.onStep(.tunnelling)
        let established = self.eventLoop.makePromise(of: Void.self)
        do {
            let handler = TunnelHandler(self.negotiation(with: proxy), proxy: proxy, established: established)
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            established.fail(Self.ended(error))
        }
        return established.futureResult
    }

    private func negotiation(with proxy: WebSocketProxy) -> any TunnelNegotiation {
        switch proxy.kind {
        case .http:
            HTTPConnectNegotiation(
                host: self.url.host,
                port: self.url.port,
                proxy: proxy,
                userAgent: self.configuration.sentUserAgent,
                limits: self.configuration.handshakeLimits
            )
        case .socks5: SOCKS5Negotiation(host: self.url.host, port: self.url.port, proxy: proxy)
        }
    }

    // MARK: TLS

    #if TLS
    /// Makes the TLS context on a thread that may block, because it reads files.
    private func context() -> EventLoopFuture<NIOSSLContext> {
        let tls = self.configuration.tls
        return NIOThreadPool.singleton.runIfActive(eventLoop: self.eventLoop) { try TLSContext.client(tls) }
    }

    private func secure(_ channel: any Channel, _ context: NIOSSLContext) -> EventLoopFuture<Void> {
        self.onStep(.securing)
        let identity = ServerIdentity(self.configuration.tls.serverName ?? self.url.host)
        let opened = self.eventLoop.makePromise(of: Void.self)
        do {
            let tls = try NIOSSLClientHandler(context: context, serverHostname: identity.serverName)
            let opening = TLSOpeningHandler(tls, identity: identity, opened: opened, url: self.url)
            // Add the upper handler first, because the TLS handler starts as soon as it is added.
            try channel.pipeline.syncOperations.addHandler(opening)
            try channel.pipeline.syncOperations.addHandler(tls, position: .before(opening))
        } catch {
            opened.fail(Self.ended(error))
        }
        return opened.futureResult
    }
    #endif

    private static func ended(_ error: any Error) -> WebSocketError {
        WebSocketError(.connectFailed, "The connection ended at once.", reason: .ended, cause: error)
    }
}

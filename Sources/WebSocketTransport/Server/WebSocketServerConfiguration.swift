public import Logging
public import NIOCore
public import WebSocketProtocol

/// How a server listens, which clients it accepts, and how its connections behave.
public struct WebSocketServerConfiguration: Sendable {
    /// The address to listen on.
    ///
    /// Default: `127.0.0.1`, only this machine.
    public var host = "127.0.0.1"
    /// The port to listen on.
    ///
    /// Default: 0, any free port; see ``WebSocketServer/port``.
    public var port = 0
    /// The path of a Unix domain socket to listen on, instead of ``host`` and ``port``.
    ///
    /// Default: nil.
    ///
    /// If there is a socket on which no process listens, it is replaced; the file is removed at the end. At most 107
    /// bytes (103 on Darwin). The permissions of the directory decide who may connect.
    public var socketPath: String?
    /// How connections are secured.
    ///
    /// Default: nil, without TLS.
    public var tls: WebSocketServerTLSConfiguration?
    /// The maximum number of open sockets, with those in their opening handshake.
    ///
    /// A socket over the limit gets a 503 with `Retry-After` and is closed; its request is not read. If many come at
    /// once, some are closed without an answer. The server goes on accepting. At least 1.
    ///
    /// Default: 10,000. Make sure that the process may open as many file descriptors.
    public var maximumConnections = 10_000
    /// The maximum number of sockets in their opening handshake, which ends when the handler has answered.
    ///
    /// The rule for a socket over the limit is the same as for ``maximumConnections``. At least 1. A client that opens
    /// this many sockets and sends nothing keeps other clients out until ``handshakeTimeout``. Use a proxy or a
    /// firewall to limit connections per address.
    ///
    /// Default: 2,000.
    public var maximumHandshakes = 2_000
    /// Time from the accept of a socket until the head of its request is complete, with the TLS handshake.
    ///
    /// Default: 10 s, then the socket is closed.
    public var handshakeTimeout: Duration = .seconds(10)
    /// Time for the handler to answer a request; nil for no limit.
    ///
    /// After that, the client gets a 503. The handler's task is not cancelled, but its `accept` throws and its
    /// `respond` is ignored. Default: 30 s.
    public var answerTimeout: Duration? = .seconds(30)
    /// Limits for the request of a client.
    public var handshakeLimits = HandshakeLimits()
    /// Which origins and subprotocols are accepted.
    ///
    /// Default: only the same host, no subprotocol.
    public var policy = ServerHandshakePolicy()
    /// How messages are compressed, if a client offers it (RFC 7692); nil means no compression.
    ///
    /// Default: nil, because compression costs a server up to 300 KiB for each connection.
    public var compression: PermessageDeflate?
    /// How the connections behave.
    public var connection = ConnectionConfiguration()
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of connections: opened, closed, or refused with the reason; never payloads,
    /// tokens or queries.
    ///
    /// Default: silent.
    public var logger = Logger.silent

    /// Creates the default configuration; then change single properties.
    public init() {}

    func validate() throws(WebSocketError) {
        guard self.maximumConnections > 0, self.maximumHandshakes > 0 else {
            throw WebSocketError(.invalidConfiguration, "maximumConnections and maximumHandshakes must be positive.")
        }
        guard (0...65_535).contains(self.port) else {
            throw WebSocketError(.invalidConfiguration, "port is 0 to 65535, got \(self.port).")
        }
        guard self.handshakeTimeout > .zero else {
            throw WebSocketError(.invalidConfiguration, "handshakeTimeout must be positive.")
        }
        guard self.answerTimeout.map({ $0 > .zero }) ?? true else {
            throw WebSocketError(.invalidConfiguration, "answerTimeout must be positive.")
        }
        do throws(HandshakeError) {
            try self.handshakeLimits.validate()
        } catch {
            throw WebSocketError(.invalidConfiguration, error.message, cause: error)
        }
        _ = try AcceptOptions(self).handshake()
        if let path = self.socketPath { try UnixSocket.validate(path) }
    }
}

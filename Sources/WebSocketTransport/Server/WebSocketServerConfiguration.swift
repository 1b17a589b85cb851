public import Logging
public import NIOCore
public import WebSocketProtocol

/// How a server listens, whom it accepts, and how its connections behave.
public struct WebSocketServerConfiguration: Sendable {
    /// The address to listen on.
    ///
    /// Default: `127.0.0.1`, this machine only.
    public var host = "127.0.0.1"
    /// The port to listen on.
    ///
    /// Default: 0, any free one; see ``WebSocketServer/port``.
    public var port = 0
    /// The path of a Unix domain socket to listen on, instead of ``host`` and ``port``.
    ///
    /// Default: nil.
    ///
    /// A socket that was left behind there, on which nobody listens, is replaced; the file is removed at shutdown. At
    /// most 107 bytes (103 on Darwin). Who may connect is up to the permissions of the directory.
    public var socketPath: String?
    /// How connections are secured.
    ///
    /// Default: nil, they are not.
    public var tls: WebSocketServerTLSConfiguration?
    /// Sockets that may be open at once, those in their opening handshake included.
    ///
    /// Beyond it a new socket gets a 503 with `Retry-After`, without its request being read, and is closed; where many
    /// come at once, some are closed without an answer. Accepting goes on. At least 1.
    ///
    /// Default: 10,000; see that the process may open as many descriptors.
    public var maximumConnections = 10_000
    /// Sockets that may be in their opening handshake at once, the time until the handler has answered included.
    ///
    /// Beyond it as beyond ``maximumConnections``. At least 1. Who opens that many and says nothing locks others out
    /// until ``handshakeTimeout``; bounds for each address are the task of what is in front of the server.
    ///
    /// Default: 2,000.
    public var maximumHandshakes = 2_000
    /// Time a client has for the head of its request, from when its socket was accepted to the last byte, in whatever
    /// pieces that comes; the handshake of TLS included.
    ///
    /// Default: 10 s, then the socket is closed.
    public var handshakeTimeout: Duration = .seconds(10)
    /// Time the handler has to answer a request; nil for as long as it likes.
    ///
    /// Then the client gets a 503; the handler's task is not cancelled, but its `accept` throws and its `respond` is
    /// ignored. Default: 30 s.
    public var answerTimeout: Duration? = .seconds(30)
    /// What a client may make us hold during the handshake.
    public var handshakeLimits = HandshakeLimits()
    /// Which origins and subprotocols are accepted.
    ///
    /// Default: the same host, no subprotocol.
    public var policy = ServerHandshakePolicy()
    /// How messages are compressed, if a client offers it (RFC 7692); nil agrees to no compression.
    ///
    /// Default: nil, as it costs a server up to 300 KiB for each connection.
    public var compression: PermessageDeflate?
    /// How the open connections behave.
    public var connection = ConnectionConfiguration()
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of connections: opened, closed, refused with the reason; never payloads, tokens
    /// or queries.
    ///
    /// Default: silent.
    public var logger = Logger.silent

    /// Creates the default configuration; change single properties from there.
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

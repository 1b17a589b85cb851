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
    /// Time a client has for its opening handshake, that of TLS included.
    ///
    /// Default: 10 s, then the socket is closed.
    public var handshakeTimeout: Duration = .seconds(10)
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
    /// Gets debug lines about the life of connections; never payloads or tokens.
    ///
    /// Default: silent.
    public var logger = Logger(label: "WebSocketTransport") { _ in SwiftLogNoOpLogHandler() }

    /// Creates the default configuration; change single properties from there.
    public init() {}

    func validate() throws(WebSocketError) {
        guard (0...65_535).contains(self.port) else {
            throw WebSocketError(.invalidConfiguration, "port is 0 to 65535, got \(self.port).")
        }
        guard self.handshakeTimeout > .zero else {
            throw WebSocketError(.invalidConfiguration, "handshakeTimeout must be positive.")
        }
        if let path = self.socketPath { try UnixSocket.validate(path) }
        try self.connection.validate()
    }
}

public import Logging
public import NIOCore
public import WebSocketProtocol

/// How a client connects, and how the connection then behaves.
public struct WebSocketClientConfiguration: Sendable {
    /// Time for name resolution, connection and opening handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// Fields to add to the request, for instance `Authorization`.
    ///
    /// Default: none.
    ///
    /// Those of the handshake itself can't be replaced.
    public var fields: HTTPFields = [:]
    /// The subprotocols to offer, preferred first.
    ///
    /// Default: none.
    public var subprotocols: [String] = []
    /// The `Origin` to send.
    ///
    /// Default: none, as only browsers need one.
    public var origin: String?
    /// How messages are compressed, if the server agrees (RFC 7692); nil offers no compression.
    ///
    /// Default: both sides with a context of up to 32 KiB; a server that does not compress is as welcome.
    public var compression: PermessageDeflate? = PermessageDeflate()
    /// What the server may make us hold during the handshake.
    public var handshakeLimits = HandshakeLimits()
    /// How the open connection behaves.
    public var connection = ConnectionConfiguration()
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of connections; never payloads, tokens or queries.
    ///
    /// Default: silent.
    public var logger = Logger(label: "WebSocketTransport") { _ in SwiftLogNoOpLogHandler() }

    /// Creates the default configuration; change single properties from there.
    public init() {}

    func validate() throws(WebSocketError) {
        guard self.connectTimeout > .zero else {
            throw WebSocketError(.invalidConfiguration, "connectTimeout must be positive, got \(self.connectTimeout).")
        }
        try self.connection.validate()
    }
}

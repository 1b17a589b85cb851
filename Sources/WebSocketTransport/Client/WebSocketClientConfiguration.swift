public import Logging
public import NIOCore
public import WebSocketProtocol

/// How a client connects, and how its connection then behaves.
public struct WebSocketClientConfiguration: Sendable {
    /// Time for name resolution, connect and opening handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// The `User-Agent` of every request, to the server and to a proxy.
    ///
    /// Default: the name and the version of this package. Nil sends no `User-Agent`; gateways with a firewall often
    /// refuse such a request. A `User-Agent` in ``fields`` is sent instead. It must be printable ASCII and not empty
    /// (RFC 9110 §10.1.5: products such as `name/1.0`).
    public var userAgent: String? = Self.defaultUserAgent
    /// Fields to add to the request, for instance `Authorization`.
    ///
    /// Default: none.
    ///
    /// You cannot set the fields of the handshake: `Host`, `Upgrade`, `Connection`, `Origin`, `Content-Length`,
    /// `Transfer-Encoding` and names that begin with `Sec-WebSocket-`. With one of these, or with an illegal name or
    /// value, connecting fails with `invalidConfiguration`. A proxy gets none of the fields.
    public var fields: HTTPFields = [:]
    /// The subprotocols to offer, in order of preference.
    ///
    /// Default: none.
    public var subprotocols: [String] = []
    /// The `Origin` to send.
    ///
    /// Default: none, because only browsers need one.
    public var origin: String?
    /// How `wss://` connections are secured.
    ///
    /// Default: with the roots of the operating system.
    public var tls = WebSocketTLSConfiguration()
    /// The proxy to connect through; not used for `ws+unix:`.
    ///
    /// Default: nil, no proxy.
    ///
    /// No environment variable is read. `wss://` is encrypted up to the server, also through the proxy.
    public var proxy: WebSocketProxy?
    /// How many redirects are followed (RFC 9110 §15.4), 0 to 20.
    ///
    /// Default: 0, a redirect is an ordinary refusal.
    ///
    /// All redirects share one ``connectTimeout``. If a redirect changes the origin (scheme, host or port), only
    /// `User-Agent` and `Accept-Language` of ``fields`` are sent, and no client certificate is shown. Subprotocols are
    /// offered everywhere, so put no secret into one. A redirect from `wss` to `ws` is not followed. A redirect is
    /// followed when its head has arrived; its body is not read.
    public var maximumRedirects = 0
    /// How messages are compressed, if the server agrees (RFC 7692); nil offers no compression.
    ///
    /// Default: both sides with a context of up to 32 KiB. If the server does not agree, nothing is compressed.
    public var compression: PermessageDeflate? = PermessageDeflate()
    /// Limits for the answers of the server, or of a proxy, during the handshake.
    ///
    /// Default: 64 KiB of head, in at most 1,024 fields.
    public var handshakeLimits = HandshakeLimits.client
    /// How the open connection behaves.
    public var connection = ConnectionConfiguration()
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO. Do not shut down another group before all its connections have
    /// ended.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of connections; never payloads, tokens or queries.
    ///
    /// Default: silent.
    public var logger = Logger.silent

    /// Creates the default configuration; then change single properties.
    public init() {}

    /// The default value of ``userAgent``: `workspace-streams/` and the version.
    public static let defaultUserAgent = "workspace-streams/\(PackageVersion.current)"

    /// The `User-Agent` that is sent, if any.
    var sentUserAgent: String? { self.fields.first("User-Agent") ?? self.userAgent }

    /// The fields that are sent in addition to those of the handshake.
    var sentFields: HTTPFields {
        guard let userAgent = self.userAgent, !self.fields.contains("User-Agent") else { return self.fields }
        var fields: HTTPFields = ["User-Agent": userAgent]
        for field in self.fields { fields.append(name: field.name, value: field.value) }
        return fields
    }

    func validate() throws(WebSocketError) {
        guard self.connectTimeout > .zero else {
            throw WebSocketError(.invalidConfiguration, "connectTimeout must be positive, got \(self.connectTimeout).")
        }
        guard (0...20).contains(self.maximumRedirects) else {
            throw WebSocketError(.invalidConfiguration, "maximumRedirects is 0 to 20, got \(self.maximumRedirects).")
        }
        if let name = self.tls.serverName {
            guard IPAddress(name) != nil || (!name.hasPrefix("[") && (try? WebSocketURL(host: name)) != nil) else {
                let message = "tls.serverName is a host name, or an address without brackets."
                throw WebSocketError(.invalidConfiguration, message)
            }
        }
        guard self.userAgent?.isEmpty != true else {
            throw WebSocketError(.invalidConfiguration, "userAgent is empty; nil sends none.")
        }
        do throws(HandshakeError) {
            try self.sentFields.validateAsAdditions()
        } catch {
            throw WebSocketError(.invalidConfiguration, "Nothing was sent: \(error.message)", cause: error)
        }
        try self.connection.validate()
    }
}

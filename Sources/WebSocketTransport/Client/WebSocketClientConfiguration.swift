public import Logging
public import NIOCore
public import WebSocketProtocol

/// How a client connects, and how the connection then behaves.
public struct WebSocketClientConfiguration: Sendable {
    /// Time for name resolution, connection and opening handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// What the client calls itself, in every request: to the server, and to a proxy that is asked to connect it.
    ///
    /// Default: the name and the version of this package. Nil sends no `User-Agent`; gateways with a firewall often
    /// refuse such a request. A `User-Agent` among ``fields`` is sent instead. Printable ASCII, not empty (RFC 9110
    /// §10.1.5: products such as `name/1.0`).
    public var userAgent: String? = Self.defaultUserAgent
    /// Fields to add to the request, for instance `Authorization`.
    ///
    /// Default: none.
    ///
    /// Those of the handshake itself can't be replaced: with `Host`, `Upgrade`, `Connection`, `Origin`,
    /// `Content-Length`, `Transfer-Encoding` or a name that begins with `Sec-WebSocket-`, and with an illegal name or
    /// value, connecting fails with `invalidConfiguration`. A proxy gets none of them.
    public var fields: HTTPFields = [:]
    /// The subprotocols to offer, preferred first.
    ///
    /// Default: none.
    public var subprotocols: [String] = []
    /// The `Origin` to send.
    ///
    /// Default: none, as only browsers need one.
    public var origin: String?
    /// How `wss://` is secured.
    ///
    /// Default: by the roots of the operating system.
    public var tls = WebSocketTLSConfiguration()
    /// The proxy to go through; not for `ws+unix:`.
    ///
    /// Default: nil, none.
    ///
    /// No environment variable is read. `wss://` is encrypted end to end, through the proxy.
    public var proxy: WebSocketProxy?
    /// How many redirects are followed (RFC 9110 §15.4), 0 to 20.
    ///
    /// Default: 0: a redirect is a refusal like any other.
    ///
    /// All of them are inside the one ``connectTimeout``. To another origin, that is scheme, host and port, none of
    /// ``fields`` is sent but `User-Agent` and `Accept-Language`, and no client certificate is shown; subprotocols are
    /// offered everywhere, so put no secret into one. From `wss` to `ws` none is followed. A redirect is followed as soon
    /// as its head has come; its body is not read.
    public var maximumRedirects = 0
    /// How messages are compressed, if the server agrees (RFC 7692); nil offers no compression.
    ///
    /// Default: both sides with a context of up to 32 KiB; a server that does not compress is as welcome.
    public var compression: PermessageDeflate? = PermessageDeflate()
    /// What the server, or a proxy, may make us hold during the handshake.
    ///
    /// Default: 64 KiB of head, in at most 1,024 fields.
    public var handshakeLimits = HandshakeLimits.client
    /// How the open connection behaves.
    public var connection = ConnectionConfiguration()
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO. Another one must not be shut down before all that uses it has ended.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of connections; never payloads, tokens or queries.
    ///
    /// Default: silent.
    public var logger = Logger.silent

    /// Creates the default configuration; change single properties from there.
    public init() {}

    /// The value of ``userAgent`` unless it is set: `workspace-streams/` and the version.
    public static let defaultUserAgent = "workspace-streams/\(PackageVersion.current)"

    /// The `User-Agent` that is sent, if any.
    var sentUserAgent: String? { self.fields.first("User-Agent") ?? self.userAgent }

    /// The fields that are sent beside those of the handshake.
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

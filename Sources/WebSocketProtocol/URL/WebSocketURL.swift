/// The address of a WebSocket: a parsed and checked `ws` or `wss` URL (RFC 6455 §3), or a `ws+unix` URL.
public struct WebSocketURL: Sendable, Hashable {
    /// Whether the connection is encrypted.
    public enum Scheme: String, Sendable, Hashable {
        /// Plain TCP, port 80 if the URL has no port.
        case ws
        /// TLS, port 443 if the URL has no port.
        case wss

        /// The port of a URL without a port.
        public var defaultPort: Int {
            switch self {
            case .ws: 80
            case .wss: 443
            }
        }
    }

    /// The scheme.
    public let scheme: Scheme

    /// The host in lower case: a name, an IPv4 address, or an IPv6 address without brackets.
    public let host: String

    /// The port, 1...65535.
    public let port: Int

    /// The path and the query as on the wire, with percent-encoding; starts with `/`.
    public let target: String

    /// The path of the Unix domain socket of a `ws+unix` URL, percent-decoded; nil for other URLs.
    ///
    /// The host of a `ws+unix` URL is `localhost`.
    public let socketPath: String?

    /// Whether the connection is encrypted.
    public var isSecure: Bool { self.scheme == .wss }

    /// The value of `Host`: with a port only if it is not the default, with an IPv6 address in brackets (RFC 6455
    /// §4.1).
    public var hostField: String {
        let host = self.host.utf8.contains(HTTPCharacter.colon) ? "[\(self.host)]" : self.host
        return self.port == self.scheme.defaultPort ? host : "\(host):\(self.port)"
    }

    /// Creates a URL from its parts.
    ///
    /// - Parameters:
    ///   - scheme: The scheme. Default: `ws`.
    ///   - host: A name or an address; an IPv6 address with or without brackets.
    ///   - port: 1...65535; nil means the default port of the scheme.
    ///   - path: The path and an optional query, percent-encoded; starts with `/`. Default: `/`.
    /// - Throws: ``HandshakeError/Code/invalidURL``, which names the wrong part and says what to do.
    public init(
        scheme: Scheme = .ws,
        host: String,
        port: Int? = nil,
        path: String = "/"
    ) throws(HandshakeError) {
        let port = port ?? scheme.defaultPort
        guard (1...65_535).contains(port) else {
            throw HandshakeError(.invalidURL, "The port must be in 1...65535, got \(port).")
        }
        if let problem = RequestTarget.problem(in: path.utf8) {
            throw HandshakeError(.invalidURL, "The path \(problem).")
        }
        self.host = try URLHost.validated(host)
        (self.scheme, self.port, self.target, self.socketPath) = (scheme, port, path, nil)
    }

    /// Creates the URL of a WebSocket on a Unix domain socket.
    ///
    /// - Parameters:
    ///   - socketPath: The path of the socket, not percent-encoded. The operating system limits its length.
    ///   - path: The path and an optional query of the request, percent-encoded; starts with `/`. Default: `/`.
    /// - Throws: ``HandshakeError/Code/invalidURL``, which names the wrong part and says what to do.
    public init(socketPath: String, path: String = "/") throws(HandshakeError) {
        guard !socketPath.isEmpty, !socketPath.utf8.contains(0) else {
            throw HandshakeError(.invalidURL, "The path of the socket is empty or holds a NUL.")
        }
        if let problem = RequestTarget.problem(in: path.utf8) {
            throw HandshakeError(.invalidURL, "The path \(problem).")
        }
        (self.scheme, self.host, self.port) = (.ws, "localhost", Scheme.ws.defaultPort)
        (self.target, self.socketPath) = (path, socketPath)
    }

    /// Makes a URL with the same server and another path.
    ///
    /// - Parameter path: The path and an optional query, percent-encoded; starts with `/`.
    /// - Returns: The URL.
    /// - Throws: ``HandshakeError/Code/invalidURL``.
    package func with(path: String) throws(HandshakeError) -> Self {
        if let socketPath = self.socketPath { return try Self(socketPath: socketPath, path: path) }
        return try Self(scheme: self.scheme, host: self.host, port: self.port, path: path)
    }

    /// Whether both URLs have the same origin: scheme, host and port, or the socket (RFC 6454 §5).
    ///
    /// - Parameter other: The other URL.
    /// - Returns: True if they have.
    package func isSameOrigin(as other: Self) -> Bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
            && self.socketPath == other.socketPath
    }
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL without the text after the `?` of a query: queries may contain tokens.
    public var description: String {
        let path = self.target.prefix { $0 != "?" }
        let query = path.count < self.target.count ? "?..." : ""
        if let socketPath = self.socketPath {
            // An empty authority, so that two slashes at the start of the path are not read as an authority.
            let authority = socketPath.utf8.starts(with: "//".utf8) ? "//" : ""
            return "ws+unix:\(authority)\(PercentEncoding.encoded(path: socketPath)):\(path)\(query)"
        }
        return "\(self.scheme.rawValue)://\(self.hostField)\(path)\(query)"
    }
}

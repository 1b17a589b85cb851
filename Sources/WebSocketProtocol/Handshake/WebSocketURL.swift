#if RED_CONTROLS
internal import RedControls
#endif

/// The address of a WebSocket: a `ws` or `wss` URL, taken apart and checked (RFC 6455 §3), or a `ws+unix` one.
public struct WebSocketURL: Sendable, Hashable {
    /// Whether the connection is encrypted.
    public enum Scheme: String, Sendable, Hashable {
        /// Plain TCP, port 80 unless the URL says otherwise.
        case ws
        /// TLS, port 443 unless the URL says otherwise.
        case wss

        /// The port of a URL that names none.
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

    /// The path and the query as they go on the wire, percent-encoding kept; starts with `/`.
    public let target: String

    /// The path of the Unix domain socket of a `ws+unix` URL, percent-decoded; then the host is `localhost`.
    ///
    /// Else nil.
    public let socketPath: String?

    /// Whether the connection is encrypted.
    public var isSecure: Bool { self.scheme == .wss }

    /// The value of `Host`: the port only if it is not the default one, IPv6 addresses in brackets (RFC 6455 §4.1).
    public var hostField: String {
        let host = self.host.utf8.contains(HTTPCharacter.colon) ? "[\(self.host)]" : self.host
        return self.port == self.scheme.defaultPort ? host : "\(host):\(self.port)"
    }

    /// Creates a URL from its parts.
    ///
    /// - Parameters:
    ///   - scheme: The scheme. Default: `ws`.
    ///   - host: A name or an address; an IPv6 address with or without brackets.
    ///   - port: 1...65535; nil is the default port of the scheme.
    ///   - path: The path and an optional query, percent-encoded; starts with `/`. Default: `/`.
    /// - Throws: ``HandshakeError/Code/invalidURL`` naming the part that is wrong and what to do.
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

    /// Creates the URL of a WebSocket behind a Unix domain socket.
    ///
    /// - Parameters:
    ///   - socketPath: The path of the socket, not percent-encoded. How long it may be is up to the system.
    ///   - path: The path and an optional query of the request, percent-encoded; starts with `/`. Default: `/`.
    /// - Throws: ``HandshakeError/Code/invalidURL`` naming the part that is wrong and what to do.
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

    /// Whether there is a path beyond `/`; a query is none.
    package var hasPath: Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.queryIsAPath) { return self.target != "/" }
        #endif
        return self.target.utf8.dropFirst().first.map { $0 != UInt8(ascii: "?") } ?? false
    }

    /// The same server, another path.
    ///
    /// - Parameter path: The path and an optional query, percent-encoded; starts with `/`.
    /// - Returns: The URL.
    /// - Throws: ``HandshakeError/Code/invalidURL``.
    package func with(path: String) throws(HandshakeError) -> Self {
        if let socketPath = self.socketPath { return try Self(socketPath: socketPath, path: path) }
        return try Self(scheme: self.scheme, host: self.host, port: self.port, path: path)
    }

    /// Whether both are of one origin: scheme, host and port, or the socket (RFC 6454 §5).
    ///
    /// - Parameter other: The other URL.
    /// - Returns: True if they are.
    package func isSameOrigin(as other: Self) -> Bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
            && self.socketPath == other.socketPath
    }
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL, with everything after the `?` of a query left out: queries may hold tokens.
    public var description: String {
        let path = self.target.prefix { $0 != "?" }
        let query = path.count < self.target.count ? "?..." : ""
        if let socketPath = self.socketPath {
            // An empty authority, so that two slashes are not taken for one.
            let authority = socketPath.utf8.starts(with: "//".utf8) ? "//" : ""
            return "ws+unix:\(authority)\(PercentEncoding.encoded(path: socketPath)):\(path)\(query)"
        }
        return "\(self.scheme.rawValue)://\(self.hostField)\(path)\(query)"
    }
}

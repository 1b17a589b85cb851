import WebSocketProtocol

/// A proxy to connect through.
public struct WebSocketProxy: Sendable, Hashable {
    /// The protocol of the proxy.
    @nonexhaustive public enum Kind: String, Sendable, Hashable {
        /// HTTP CONNECT (RFC 9110 §9.3.6), over plain TCP.
        case http
        /// SOCKS5 (RFC 1928); the proxy resolves names.
        case socks5

        /// The port of a URL without a port.
        var defaultPort: Int {
            switch self {
            case .http: 80
            case .socks5: 1080
            }
        }
    }

    /// User and password for the proxy; they are never in a log or in the text of an error.
    public struct Credentials: Sendable, Hashable {
        /// The user.
        public let user: String
        /// The password.
        public let password: String
    }

    /// The protocol of the proxy.
    public let kind: Kind
    /// A name, or an address without brackets.
    public let host: String
    /// The port, 1...65535.
    public let port: Int
    /// User and password for the proxy, or nil.
    public let credentials: Credentials?

    /// Creates a proxy from its parts.
    ///
    /// - Parameters:
    ///   - kind: The protocol of the proxy.
    ///   - host: A name or an address; an IPv6 address with or without brackets.
    ///   - port: 1...65535; nil means 80 for HTTP and 1080 for SOCKS5.
    ///   - user: The user, or nil. For HTTP without a colon (RFC 7617 §2), for SOCKS5 1 to 255 bytes.
    ///   - password: The password; ignored without a user. For SOCKS5 1 to 255 bytes (RFC 1929 §2).
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, which names the part, but not the value of a secret
    ///   part.
    public init(
        kind: Kind,
        host: String,
        port: Int? = nil,
        user: String? = nil,
        password: String = ""
    ) throws(WebSocketError) {
        do throws(HandshakeError) {
            // The rules for hosts and ports are the same as for WebSocket URLs.
            let url = try WebSocketURL(host: host, port: port ?? kind.defaultPort)
            (self.kind, self.host, self.port) = (kind, url.host, url.port)
        } catch {
            throw Self.invalid("\(error.message)", cause: error)
        }
        self.credentials = user.map { Credentials(user: $0, password: password) }
        try self.validateCredentials()
    }

    private func validateCredentials() throws(WebSocketError) {
        guard let credentials = self.credentials else { return }
        let (user, password) = (credentials.user.utf8, credentials.password.utf8)
        switch self.kind {
        case .http:
            let isPlain = [user, password].allSatisfy { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
            guard isPlain, !user.contains(UInt8(ascii: ":")) else {
                throw Self.invalid("its user holds a colon, or user or password hold control characters.")
            }
        case .socks5:
            guard (1...255).contains(user.count), (1...255).contains(password.count) else {
                throw Self.invalid("user and password of a SOCKS5 proxy have 1 to 255 bytes.")
            }
        }
    }

    static func invalid(_ what: String, cause: (any Error)? = nil) -> WebSocketError {
        WebSocketError(.invalidConfiguration, "The proxy can't be used: \(what)", cause: cause)
    }
}

extension WebSocketProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without user and password.
    public var description: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.kind.rawValue)://\(host):\(self.port)"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows no more than ``description``.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WebSocketProxy.Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Shows neither user nor password.
    public var description: String { "credentials" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows no more than ``description``.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

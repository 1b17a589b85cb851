public import WebSocketProtocol

/// A proxy's answer that refuses the connection.
@nonexhaustive public enum ProxyRefusal: Error, Sendable, Hashable {
    /// The status of the answer to CONNECT, other than 2xx: 407 asks for credentials.
    ///
    /// The fields are those of the response.
    case http(status: Int, fields: HTTPFields)
    /// The reply of a SOCKS5 proxy, 1 to 255 (RFC 1928 §6).
    case socks(reply: UInt8)
    /// The SOCKS5 proxy accepts none of our methods of authentication (RFC 1928 §3).
    case noAcceptableMethod
    /// The SOCKS5 proxy does not accept the user and the password (RFC 1929 §2).
    case credentialsRefused

    /// The status of an HTTP proxy, or nil.
    public var status: Int? {
        if case .http(let status, _) = self { status } else { nil }
    }
}

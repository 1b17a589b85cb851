/// A version of TLS; older versions are not supported (RFC 8996).
@nonexhaustive public enum TLSProtocolVersion: Sendable, Hashable {
    /// TLS 1.2 (RFC 5246).
    case tls12
    /// TLS 1.3 (RFC 8446).
    case tls13
}

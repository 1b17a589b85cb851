/// A version of TLS that can be asked for; older ones are not offered at all (RFC 8996).
public enum TLSProtocolVersion: Sendable, Hashable {
    /// TLS 1.2 (RFC 5246).
    case tls12
    /// TLS 1.3 (RFC 8446).
    case tls13
}

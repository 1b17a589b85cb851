/// The versions of HTTP whose heads are read (RFC 9112 §2.3); only 1.1 can switch to a WebSocket.
public enum HTTPVersion: String, Sendable, Hashable {
    /// HTTP/1.0: a proxy or load balancer that refuses may speak it.
    case http10 = "HTTP/1.0"

    /// HTTP/1.1.
    case http11 = "HTTP/1.1"

    init(parsing text: ArraySlice<UInt8>) throws(HandshakeError) {
        switch Self(rawValue: String(decoding: text, as: UTF8.self)) {
        case .some(let version): self = version
        case .none where text.starts(with: "HTTP/".utf8):
            throw HandshakeError(.unsupportedHTTPVersion, "The peer speaks \(Excerpt(text)), HTTP/1.1 is needed.")
        case .none:
            throw HandshakeError(.malformedMessage, "Found \(Excerpt(text)) where an HTTP version must be.")
        }
    }
}

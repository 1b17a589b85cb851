/// The versions of HTTP that are read (RFC 9112 §2.3); a server opens a WebSocket only with 1.1.
public enum HTTPVersion: String, Sendable, Hashable {
    /// HTTP/1.0: a proxy or load balancer may use it for a refusal.
    case http10 = "HTTP/1.0"

    /// HTTP/1.1; higher minor versions are read as 1.1, the highest version that we know (RFC 9110 §2.5).
    case http11 = "HTTP/1.1"

    init(parsing text: ArraySlice<UInt8>) throws(HandshakeError) {
        let minor = text.starts(with: "HTTP/1.".utf8) ? text.dropFirst("HTTP/1.".utf8.count) : []
        switch minor.first {
        case UInt8(ascii: "0") where minor.count == 1: self = .http10
        case .some(let digit) where minor.count == 1 && HTTPCharacter.isDigit(digit): self = .http11
        default: throw Self.unreadable(text)
        }
    }

    private static func unreadable(_ text: ArraySlice<UInt8>) -> HandshakeError {
        guard text.starts(with: "HTTP/".utf8) else {
            return HandshakeError(.malformedMessage, "Found \(Excerpt(text)) where an HTTP version must be.")
        }
        return HandshakeError(.unsupportedHTTPVersion, "The peer speaks \(Excerpt(text)), HTTP/1.1 is needed.")
    }
}

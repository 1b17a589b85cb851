/// The part before the path in a request target of absolute form (RFC 9112 §3.2.2), which clients of a proxy send.
struct AbsoluteForm: Sendable, Hashable {
    /// `http`, `https`, `ws` or `wss`, in any case: the server ignores it, because it knows how it was reached.
    let scheme: String
    /// The host, with a colon and the port if there is one.
    let authority: String

    /// The text on the wire.
    var text: String { "\(self.scheme)://\(self.authority)" }

    /// Reads the first part of a target; nil if the target has another form.
    ///
    /// - Parameter target: The target of a request line.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` for another scheme and for an invalid host. The message does
    ///   not quote a user or password (RFC 9110 §4.2.4).
    init?(beginning target: ArraySlice<UInt8>) throws(HandshakeError) {
        let scheme = target.prefix { HTTPCharacter.isLetter($0) }
        guard !scheme.isEmpty, target[scheme.endIndex...].starts(with: "://".utf8) else { return nil }
        let rest = target[scheme.endIndex...].dropFirst(3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        self.scheme = String(decoding: scheme, as: UTF8.self)
        self.authority = String(decoding: authority, as: UTF8.self)
        guard ["http", "https", "ws", "wss"].contains(self.scheme.lowercased()) else {
            throw HandshakeError(.malformedMessage, "The request target has the scheme \(Excerpt(scheme)).")
        }
        guard let first = authority.first, first != HTTPCharacter.colon,
            authority.allSatisfy(URLHost.isAuthorityCharacter)
        else { throw HandshakeError(.malformedMessage, "The request target names no host.") }
    }
}

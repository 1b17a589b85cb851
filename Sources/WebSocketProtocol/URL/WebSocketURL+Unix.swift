extension WebSocketURL {
    private static let unixScheme = Array("ws+unix:".utf8)

    /// The part after the scheme of a `ws+unix` URL, or nil for other URLs.
    static func afterUnixScheme(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let scheme = bytes.prefix(self.unixScheme.count)
        guard scheme.map(HTTPCharacter.lowercased) == self.unixScheme else { return nil }
        return bytes.dropFirst(self.unixScheme.count)
    }

    /// Parses the path of the socket and, after a colon, the path of the request.
    ///
    /// - Throws: ``HandshakeError/Code/invalidURL``.
    init(afterUnixScheme rest: ArraySlice<UInt8>) throws(HandshakeError) {
        // An authority is allowed if it is empty.
        let path = rest.starts(with: "//".utf8) ? rest.dropFirst(2) : rest
        guard path.first == UInt8(ascii: "/") else {
            throw HandshakeError(.invalidURL, "A ws+unix URL is like ws+unix:/path/of/socket:/path/of/request.")
        }
        let end = path.firstIndex(of: HTTPCharacter.colon) ?? path.endIndex
        if let byte = path[..<end].first(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            let hint = "write the path of the request behind a colon, or percent-encode it"
            throw HandshakeError(.invalidURL, "The path of the socket holds \(Excerpt(byte: byte)); \(hint).")
        }
        guard let socketPath = PercentEncoding.decoded(String(decoding: path[..<end], as: UTF8.self)) else {
            throw HandshakeError(.invalidURL, "The path of the socket is not percent-encoded UTF-8.")
        }
        let request = String(decoding: path[end...].dropFirst(), as: UTF8.self)
        // As with a host, there may be a query without a path.
        let isPathEmpty = request.isEmpty || request.utf8.first == UInt8(ascii: "?")
        try self.init(socketPath: socketPath, path: isPathEmpty ? "/" + request : request)
    }
}

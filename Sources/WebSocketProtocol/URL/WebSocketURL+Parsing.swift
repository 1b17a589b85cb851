extension WebSocketURL {
    /// Parses a `ws`, `wss` or `ws+unix` URL.
    ///
    /// The forms are `ws://host[:port][/path][?query]`, the same with `wss`, and
    /// `ws+unix:/path/of/socket[:/path[?query]]`. The last one is the form of `ws` for Node.js; `//` may follow its
    /// first colon. In the path of the socket, write a colon as `%3A`.
    ///
    /// The text is not repaired: spaces, control characters and all characters beyond ASCII must be percent-encoded.
    ///
    /// - Parameter text: The URL. Scheme and host may be in any case.
    /// - Throws: ``HandshakeError/Code/invalidURL``, which says what is wrong and what to do. A fragment, which RFC
    ///   6455 §3 forbids, a user or password, and the schemes `http` and `https` are errors too.
    public init(_ text: String) throws(HandshakeError) {
        // Bytes, not characters: "/" and a combining mark are together one Character, which is not "/".
        let bytes = Array(text.utf8)
        if let rest = Self.afterUnixScheme(bytes) {
            try self.init(afterUnixScheme: rest)
            return
        }
        let (scheme, rest) = try Self.split(scheme: bytes)
        let end = rest.firstIndex(where: Self.endsAuthority) ?? rest.endIndex
        let (host, port) = try Self.split(authority: rest[..<end])
        let path = String(decoding: rest[end...], as: UTF8.self)
        let isPathEmpty = rest[end...].first != UInt8(ascii: "/")
        try self.init(scheme: scheme, host: host, port: port, path: isPathEmpty ? "/" + path : path)
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func split(scheme bytes: [UInt8]) throws(HandshakeError) -> (Scheme, ArraySlice<UInt8>) {
        guard let colon = bytes.firstIndex(of: HTTPCharacter.colon), bytes[colon...].starts(with: "://".utf8) else {
            throw Self.invalid("The URL has no scheme; it must start with ws:// or wss://.")
        }
        let name = bytes[..<colon].map(HTTPCharacter.lowercased)
        let rest = bytes[(colon + 3)...]
        switch String(decoding: name, as: UTF8.self) {
        case "ws": return (.ws, rest)
        case "wss": return (.wss, rest)
        case "http": throw Self.invalid("The scheme of a WebSocket is not http; use ws:// instead.")
        case "https": throw Self.invalid("The scheme of a WebSocket is not https; use wss:// instead.")
        default: throw Self.invalid("The scheme \(Excerpt(name)) is not known; use ws:// or wss://.")
        }
    }

    private static func split(authority: ArraySlice<UInt8>) throws(HandshakeError) -> (host: String, port: Int?) {
        guard !authority.contains(UInt8(ascii: "@")) else {
            // Not quoted, because it may contain a password.
            throw Self.invalid("The URL holds a user or password; remove it and send a token or Authorization.")
        }
        // The colons of an IPv6 address are inside the brackets.
        let bracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        guard let colon = authority[bracket...].firstIndex(of: HTTPCharacter.colon) else {
            return (String(decoding: authority, as: UTF8.self), nil)
        }
        let host = String(decoding: authority[..<colon], as: UTF8.self)
        return (host, try Self.port(authority[(colon + 1)...]))
    }

    private static func port(_ digits: ArraySlice<UInt8>) throws(HandshakeError) -> Int {
        let isNumber = (1...5).contains(digits.count) && digits.allSatisfy(HTTPCharacter.isDigit)
        guard isNumber, let port = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Self.invalid("The port \(Excerpt(digits)) is not a number in 1...65535.")
        }
        return port
    }

    private static func invalid(_ message: String) -> HandshakeError {
        HandshakeError(.invalidURL, message)
    }
}

import WebSocketProtocol

extension WebSocketProxy {
    /// Parses `http://[user[:password]@]host[:port]`, or the same with `socks5` or `socks5h`.
    ///
    /// The proxy always resolves names, also with `socks5`. User and password may be percent-encoded.
    ///
    /// - Parameter text: The URL of the proxy; only `/` may follow the port.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`; it does not quote the text, which may contain a
    ///   password.
    public init(_ text: String) throws(WebSocketError) {
        let (kind, rest) = try Self.split(scheme: text)
        let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
        guard !authority.contains(where: { $0 == "/" || $0 == "?" || $0 == "#" }) else {
            throw Self.invalid("a path, query or fragment follows its host; percent-encode these in a password.")
        }
        let at = authority.lastIndex(of: "@")
        let (host, port) = try Self.split(host: authority[(at.map(authority.index(after:)) ?? authority.startIndex)...])
        guard let at else {
            try self.init(kind: kind, host: host, port: port)
            return
        }
        let (user, password) = try Self.split(userInformation: authority[..<at])
        try self.init(kind: kind, host: host, port: port, user: user, password: password)
    }

    private static func split(scheme text: String) throws(WebSocketError) -> (Kind, Substring) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw self.invalid("its URL has no scheme; use http:// or socks5://.")
        }
        let rest = text[colon...].dropFirst(3)
        switch text[..<colon].lowercased() {
        case "http": return (.http, rest)
        case "socks5", "socks5h": return (.socks5, rest)
        case "https": throw self.invalid("TLS to the proxy itself is not supported; wss is encrypted through http://.")
        default: throw self.invalid("its scheme is not known; use http:// or socks5://.")
        }
    }

    private static func split(host text: Substring) throws(WebSocketError) -> (String, Int?) {
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[bracket...].firstIndex(of: ":") else { return (String(text), nil) }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            throw self.invalid("its port is not a number in 1...65535.")
        }
        return (String(text[..<colon]), Int(digits))
    }

    private static func split(userInformation text: Substring) throws(WebSocketError) -> (String, String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentEncoding.decoded(parts[0]),
            let password = PercentEncoding.decoded(parts.dropFirst().first ?? "")
        else {
            throw self.invalid("user or password are not percent-encoded UTF-8.")
        }
        return (user, password)
    }
}

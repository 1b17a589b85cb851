import WebSocketProtocol

/// URLs and the targets of `Location`: nothing in them can break a request line, a `Host` or a log.
enum URLTarget: FuzzTarget {
    private static let bases: [WebSocketURL] = ["ws://a/b/c?d", "wss://[::1]:9/", "ws+unix:/s:/b/../c"].map {
        do { return try WebSocketURL($0) } catch { fatalError("A base is wrong: \(error)") }
    }

    static func run(_ input: FuzzInput) {
        var input = input
        let base = self.bases[Int(input.byte()) % self.bases.count]
        let text = String(decoding: input.rest, as: UTF8.self)
        if let url = try? WebSocketURL(text) { self.check(url) }
        guard let url = try? base.resolving(location: text) else { return }
        self.check(url)
        let segments = url.target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        require(!segments.contains(".") && !segments.contains(".."), "The path is not resolved: \(url.target)")
        require((try? base.resolving(location: self.written(url))) == url, "The URL resolves to a different one.")
    }

    private static func check(_ url: WebSocketURL) {
        require((1...65_535).contains(url.port), "The port is \(url.port).")
        require(url.target.utf8.first == UInt8(ascii: "/"), "The target is \(url.target).")
        require(url.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "The target is \(url.target).")
        require(!url.host.isEmpty && url.hostField.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "The host is wrong.")
        require(!url.description.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "The URL can't be logged.")
        require(url.description.split(separator: "?").count <= 2, "A query is logged.")
        require((try? WebSocketURL(self.written(url))) == url, "A value that was read is written differently.")
        let head = try? HTTPRequestHead(target: url.target, fields: ["Host": url.hostField])
        require(head != nil, "The URL makes no valid request.")
    }

    /// The whole URL; the description of a URL is not the whole URL.
    private static func written(_ url: WebSocketURL) -> String {
        guard url.socketPath != nil else { return "\(url.scheme.rawValue)://\(url.hostField)\(url.target)" }
        // It ends with the path of the request, without its query.
        let query = url.target.firstIndex(of: "?").map { url.target[$0...] } ?? ""
        let description = url.description
        return (query.isEmpty ? description : String(description.dropLast("?...".count))) + query
    }
}

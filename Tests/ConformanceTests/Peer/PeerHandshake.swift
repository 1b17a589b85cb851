import WebSocketProtocol

/// The peer's part of the opening handshake, as plain text; other tests send bad handshakes.
enum PeerHandshake {
    /// A request of the peer as a client, with the given extension field.
    static func request(extensions: String? = nil) -> [UInt8] {
        let fields = [
            "Host": "127.0.0.1", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==", "Sec-WebSocket-Extensions": extensions,
        ]
        return Self.message("GET / HTTP/1.1", fields)
    }

    /// The peer's answer, as a server, to a request of our client.
    static func response(to head: String, extensions: String? = nil) throws -> [UInt8] {
        let key = try SecWebSocketKey(validating: Self.value(of: "sec-websocket-key", in: head) ?? "")
        let fields = [
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": key.acceptValue,
            "Sec-WebSocket-Extensions": extensions,
        ]
        return Self.message("HTTP/1.1 101 Switching Protocols", fields)
    }

    /// The value of a field, or nil if it is missing.
    ///
    /// - Parameters:
    ///   - name: In lower case.
    ///   - head: The head of a request or a response.
    static func value(of name: String, in head: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name else { continue }
            return String(parts[1].drop { $0 == " " })
        }
        return nil
    }

    private static func message(_ start: String, _ fields: [String: String?]) -> [UInt8] {
        let lines = fields.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }
        return Array("\(start)\r\n\(lines.joined())\r\n".utf8)
    }
}

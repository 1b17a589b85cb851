import WebSocketProtocol

/// A plain HTTP answer with the fields of Go's server.
struct HTTPAnswer: Sendable {
    static let json = "application/json; charset=utf-8"

    var status: Int
    var contentType = Self.json
    var fields: HTTPFields = [:]
    var body: [UInt8]
    /// Whether the TCP connection ends after the answer.
    var closes = false

    /// An answer with a JSON value.
    static func json(_ status: Int = 200, _ body: MockJSON) -> HTTPAnswer {
        HTTPAnswer(status: status, body: body.bytes)
    }

    /// An answer with agentctl's error object.
    static func error(_ status: Int, _ message: String) -> HTTPAnswer { .json(status, ["error": .string(message)]) }

    /// The answer to a path or method that does not exist; agentctl never answers 405.
    static let notFound = HTTPAnswer(status: 404, contentType: "text/plain", body: Array("404 page not found".utf8))

    /// gorilla's answer to a request that opens no WebSocket.
    static let badUpgrade = HTTPAnswer(
        status: 400,
        contentType: "text/plain; charset=utf-8",
        fields: ["Sec-Websocket-Version": "13", "X-Content-Type-Options": "nosniff"],
        body: Array("Bad Request\n".utf8)
    )

    /// gin's answer to a path with a slash too many or too few.
    static func redirect(to path: String, method: String) -> HTTPAnswer {
        guard method == "GET" else { return HTTPAnswer(status: 307, fields: ["Location": path], body: []) }
        return HTTPAnswer(
            status: 301,
            contentType: "text/html; charset=utf-8",
            fields: ["Location": path],
            body: Array("<a href=\"\(path)\">Moved Permanently</a>.\n\n".utf8)
        )
    }

    /// The bytes on the wire.
    ///
    /// - Parameters:
    ///   - closes: Whether the TCP connection ends after it.
    ///   - hasBody: False for the answer to a HEAD request.
    /// - Returns: Head and body.
    func serialize(closes: Bool, hasBody: Bool) -> [UInt8] {
        var all: HTTPFields = [:]
        if !self.fields.contains("Content-Type"), !self.body.isEmpty {
            all.append(name: "Content-Type", value: self.contentType)
        }
        for field in self.fields { all.append(name: field.name, value: field.value) }
        all.append(name: "Date", value: WallClock.httpDate)
        all.append(name: "Content-Length", value: "\(self.body.count)")
        if closes { all.append(name: "Connection", value: "close") }
        let head =
            (try? HTTPResponseHead(status: self.status, reason: Self.reasons[self.status], fields: all))?.serialize()
            ?? Array("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        return hasBody ? head + self.body : head
    }

    /// The phrases that the protocol layer does not know, because only this server sends them.
    private static let reasons = [
        201: "Created", 204: "No Content", 301: "Moved Permanently", 307: "Temporary Redirect", 409: "Conflict",
        502: "Bad Gateway",
    ]
}

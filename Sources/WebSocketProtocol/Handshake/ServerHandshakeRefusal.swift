/// The answer to a request that does not open a WebSocket; the connection closes after it.
package struct ServerHandshakeRefusal: Sendable {
    /// Why the request is refused.
    package let error: HandshakeError

    /// The head to send.
    package let response: HTTPResponseHead

    /// The body to send after the head: the message of ``error`` as plain text in ASCII.
    package let body: [UInt8]

    /// Chooses the status for an error; the error may also come from ``HTTPHeadParser``.
    package init(_ error: HandshakeError) {
        let status = Self.status(for: error.code)
        self.error = error
        self.body = Array("\(error.message)\n".utf8)
        var fields: HTTPFields = [
            "Content-Type": "text/plain",
            "Content-Length": String(self.body.count),
            // The body quotes the request, so a browser must not treat it as a page.
            "X-Content-Type-Options": "nosniff",
        ]
        Self.appendRemedy(for: status, to: &fields)
        self.response = HTTPResponseHead(
            uncheckedStatus: status,
            reason: HTTPResponseHead.usualReason(for: status),
            version: .http11,
            fields: fields
        )
    }

    /// Head and body.
    package func serialize() -> [UInt8] {
        self.response.serialize() + self.body
    }

    private static func status(for code: HandshakeError.Code) -> Int {
        switch code {
        case .notUpgrade, .unsupportedWebSocketVersion: 426
        case .unsupportedHTTPVersion: 505
        case .invalidMethod: 405
        case .originRefused: 403
        case .limitExceeded: 431
        default: 400
        }
    }

    /// Adds the fields that tell the client what the server would accept.
    private static func appendRemedy(for status: Int, to fields: inout HTTPFields) {
        guard status == 426 else {
            fields.append(name: "Connection", value: "close")
            if status == 405 { fields.append(name: "Allow", value: "GET") }
            return
        }
        // RFC 9110 §15.5.22 requires Upgrade in a 426, §7.8 its name in Connection, and RFC 6455 §4.4 the version.
        fields.append(name: "Connection", value: "Upgrade, close")
        fields.append(name: "Upgrade", value: "websocket")
        fields.append(name: "Sec-WebSocket-Version", value: "13")
    }
}

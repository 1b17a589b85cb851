import NIOCore
import WebSocketProtocol

/// HTTP CONNECT (RFC 9110 §9.3.6).
struct HTTPConnectNegotiation: TunnelNegotiation {
    /// The maximum number of responses before the answer (RFC 9110 §15.2); more of them only delay us.
    private static let maximumInterimResponses = 8

    private let target: String
    private let proxy: WebSocketProxy
    private let userAgent: String?
    private let now: @Sendable () -> Int
    private var parser: HTTPHeadParser<HTTPResponseHead>
    private var interimResponseCount = 0
    private(set) var isEstablished = false

    /// - Parameters:
    ///   - host: A valid host.
    ///   - port: A valid port.
    ///   - proxy: The proxy.
    ///   - userAgent: The `User-Agent`, already checked; nil sends none.
    ///   - limits: The limits of the proxy's answer, already checked.
    ///   - now: Seconds since 1970, for a `Retry-After` with a date.
    init(
        host: String,
        port: Int,
        proxy: WebSocketProxy,
        userAgent: String? = nil,
        limits: HandshakeLimits,
        now: @escaping @Sendable () -> Int = SystemTime.seconds
    ) {
        self.now = now
        self.target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        (self.proxy, self.userAgent) = (proxy, userAgent)
        self.parser = HTTPHeadParser(limits: limits)
    }

    func begin() -> [UInt8] {
        var head = "CONNECT \(self.target) HTTP/1.1\r\nHost: \(self.target)\r\n"
        if let userAgent = self.userAgent { head += "User-Agent: \(userAgent)\r\n" }
        if let credentials = self.proxy.credentials {
            // RFC 7617 §2.
            let value = Base64.encoded(Array("\(credentials.user):\(credentials.password)".utf8))
            head += "Proxy-Authorization: Basic \(value)\r\n"
        }
        return Array("\(head)\r\n".utf8)
    }

    mutating func receive(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8] {
        while !self.isEstablished, bytes.readableBytes > 0 {
            guard let head = try self.parse(&bytes) else { break }
            try self.received(head)
        }
        return []
    }

    private mutating func parse(_ bytes: inout ByteBuffer) throws(WebSocketError) -> HTTPResponseHead? {
        do throws(HandshakeError) {
            let outcome = try bytes.withUnsafeReadableBytes { raw in
                // The span does not leave this closure, in which the bytes exist.
                let span = Span(_unsafeElements: raw.bindMemory(to: UInt8.self))
                return Result { () throws(HandshakeError) in try self.parser.receive(span) }
            }.get()
            switch outcome {
            case .needMoreBytes:
                bytes.moveReaderIndex(to: bytes.writerIndex)
                return nil
            case .complete(let head, let consumed):
                bytes.moveReaderIndex(forwardBy: consumed)
                return head
            }
        } catch {
            let message = "The proxy \(self.proxy) does not answer as an HTTP proxy: \(error.message)"
            throw WebSocketError(.proxyFailed, message, proxy: self.proxy, cause: error)
        }
    }

    private mutating func received(_ head: HTTPResponseHead) throws(WebSocketError) {
        switch head.status {
        // RFC 9110 §9.3.6: a length or coding in a 2xx response to CONNECT is ignored; the next bytes come from the
        // tunnel.
        case 200..<300: self.isEstablished = true
        case 100..<200 where self.interimResponseCount < Self.maximumInterimResponses: self.interimResponseCount += 1
        case 100..<200:
            let message = "The proxy \(self.proxy) sends interim responses without end."
            throw WebSocketError(.proxyFailed, message, proxy: self.proxy)
        default: throw self.refusal(head)
        }
    }

    private func refusal(_ head: HTTPResponseHead) -> WebSocketError {
        let hint =
            switch (head.status, self.proxy.credentials) {
            case (407, nil): " It asks for a user and a password."
            case (407, _): " It does not accept the user and the password."
            default: ""
            }
        let retryAfter = RetryAfter.duration(in: head.fields, now: self.now())
        let when = WebSocketError.hint(retryAfter: retryAfter)
        return WebSocketError(
            .proxyRefused,
            "The proxy \(self.proxy) answered with status \(head.status) to CONNECT \(self.target).\(hint)\(when)",
            retryAfter: retryAfter,
            proxy: self.proxy,
            cause: ProxyRefusal.http(status: head.status, fields: head.fields)
        )
    }
}

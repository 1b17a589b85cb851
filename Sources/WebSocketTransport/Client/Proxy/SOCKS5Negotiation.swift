import NIOCore
import WebSocketProtocol

/// SOCKS5 (RFC 1928) with user and password (RFC 1929); the proxy resolves names.
///
/// ```
///   method ──► credentials ──► reply ──► (established)
///      └───────────────────────┘
/// ```
/// - `method` waits for the method of authentication that the proxy selects; becomes `credentials` or `reply`.
/// - `credentials` waits for the proxy's answer to user and password; becomes `reply`.
/// - `reply` waits until the proxy has connected to the host; becomes `established`.
struct SOCKS5Negotiation: TunnelNegotiation {
    private enum State {
        case method
        case credentials
        case reply
        case established
    }

    /// The methods of RFC 1928 §3.
    private enum Method {
        static let none: UInt8 = 0x00
        static let userAndPassword: UInt8 = 0x02
        static let noneAcceptable: UInt8 = 0xFF
    }

    private static let version: UInt8 = 5

    private let host: String
    private let port: Int
    private let proxy: WebSocketProxy
    private var state = State.method

    /// - Parameters:
    ///   - host: A name of at most 255 bytes, or an address.
    ///   - port: A valid port.
    ///   - proxy: The proxy; user and password have at most 255 bytes each.
    init(host: String, port: Int, proxy: WebSocketProxy) {
        (self.host, self.port, self.proxy) = (host, port, proxy)
    }

    var isEstablished: Bool { self.state == .established }

    func begin() -> [UInt8] {
        let methods = self.proxy.credentials == nil ? [Method.none] : [Method.none, Method.userAndPassword]
        return [Self.version, UInt8(methods.count)] + methods
    }

    mutating func receive(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8] {
        var answer: [UInt8] = []
        // A step is taken only if all its bytes are there.
        while let next = try self.step(&bytes) {
            answer += next
            if self.isEstablished { break }
        }
        return answer
    }

    private mutating func step(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]? {
        switch self.state {
        case .method: try self.receiveMethod(&bytes)
        case .credentials: try self.receiveVerdict(&bytes)
        case .reply: try self.receiveReply(&bytes)
        case .established: nil
        }
    }

    private mutating func receiveMethod(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]? {
        try self.checkVersion(bytes)
        guard let (_, method) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
        switch (method, self.proxy.credentials) {
        case (Method.none, _):
            self.state = .reply
            return self.connectRequest
        case (Method.userAndPassword, let credentials?):
            self.state = .credentials
            let (user, password) = (Array(credentials.user.utf8), Array(credentials.password.utf8))
            return [1, UInt8(clamping: user.count)] + user + [UInt8(clamping: password.count)] + password
        case (Method.noneAcceptable, let credentials):
            let hint = credentials == nil ? "asks for credentials" : "wants another kind of authentication"
            throw self.refused(.noAcceptableMethod, hint)
        default:
            throw self.failed("chose a method of authentication, \(method), that was not offered")
        }
    }

    private mutating func receiveVerdict(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]? {
        guard let (_, status) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
        guard status == 0 else { throw self.refused(.credentialsRefused, "does not accept the user and the password") }
        self.state = .reply
        return self.connectRequest
    }

    private mutating func receiveReply(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]? {
        try self.checkVersion(bytes)
        var rest = bytes
        guard let (_, reply) = rest.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
        guard reply == 0 else { throw self.refused(.socks(reply: reply), Self.meaning(of: reply)) }
        guard let (_, kind) = rest.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
        // We do not need the address that the proxy is bound to.
        let length: Int
        switch kind {
        case 1: length = 4
        case 4: length = 16
        case 3:
            guard let count = rest.readInteger(as: UInt8.self) else { return nil }
            length = Int(count)
        default: throw self.failed("answered with an address of the unknown kind \(kind)")
        }
        guard rest.readSlice(length: length + 2) != nil else { return nil }
        bytes = rest
        self.state = .established
        return []
    }

    /// The CONNECT request of RFC 1928 §4.
    private var connectRequest: [UInt8] {
        let port = [UInt8(self.port >> 8 & 0xFF), UInt8(self.port & 0xFF)]
        let address: [UInt8]
        if let literal = IPAddress(self.host) {
            address = [literal.bytes.count == 4 ? 1 : 4] + literal.bytes
        } else {
            address = [3, UInt8(clamping: self.host.utf8.count)] + self.host.utf8
        }
        return [Self.version, 1, 0] + address + port
    }

    private func checkVersion(_ bytes: ByteBuffer) throws(WebSocketError) {
        guard let version: UInt8 = bytes.getInteger(at: bytes.readerIndex), version != Self.version else { return }
        throw self.failed("does not speak SOCKS5: its answer begins with \(version)")
    }

    private static func meaning(of reply: UInt8) -> String {
        switch reply {
        case 1: "failed (1)"
        case 2: "does not allow this connection (2)"
        case 3: "can't reach the network (3)"
        case 4: "can't reach the host (4)"
        case 5: "was refused by the host (5)"
        case 6: "gave up in time (6)"
        case 7: "does not support CONNECT (7)"
        case 8: "does not support this kind of address (8)"
        default: "refused with reply \(reply)"
        }
    }

    private func refused(_ refusal: ProxyRefusal, _ what: String) -> WebSocketError {
        let message = "The proxy \(self.proxy) \(what), for \(self.host):\(self.port)."
        return WebSocketError(.proxyRefused, message, proxy: self.proxy, cause: refusal)
    }

    private func failed(_ what: String) -> WebSocketError {
        WebSocketError(.proxyFailed, "The proxy \(self.proxy) \(what).", proxy: self.proxy)
    }
}

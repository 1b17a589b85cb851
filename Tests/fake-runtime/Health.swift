import Glibc

/// Serves `GET /health` on a free port of 127.0.0.1, one request after the other.
struct Health {
    private let options: Options
    private let listener: Int32

    init(_ options: Options) {
        self.options = options
        let family = options.has("--ipv6") ? AF_INET6 : AF_INET
        self.listener = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(self.listener, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
    }

    func serve() -> Never {
        let wanted = self.options.value("--port").flatMap { UInt16($0) } ?? 0
        guard self.bind(wanted), listen(self.listener, 64) == 0 else {
            Report.write("address-in-use endpoint=http://127.0.0.1:\(wanted)")
            exit(3)
        }
        if !self.options.has("--silent") { Report.write(self.readyLine(self.port())) }
        while true { self.answer(accept(self.listener, nil, nil)) }
    }

    private func readyLine(_ port: UInt16) -> String {
        let generation = self.options.has("--wrong-report") ? "999" : Environment.generation
        let endpoint = self.options.value("--report-endpoint") ?? "http://127.0.0.1"
        return "ready generation=\(generation) nonce=\(Environment.nonce) endpoint=\(endpoint):\(port)"
    }

    private func answer(_ connection: Int32) {
        guard connection >= 0 else { return }
        // A server may keep the connection open, even if the client asks it to close.
        defer { if !self.options.has("--keep-open") && !self.options.has("--lose-first") { close(connection) } }
        var request = [UInt8](repeating: 0, count: 4096)
        guard read(connection, &request, request.count) > 0, !Self.isLost(self.options) else { return }
        if let delay = self.options.value("--slow-health").flatMap({ UInt32($0) }) { usleep(delay * 1000) }
        let nonce = self.options.has("--wrong-identity") ? "somebody-else" : Environment.nonce
        let body = "{\"status\":\"ok\",\"generation\":\(Environment.generation),\"nonce\":\"\(nonce)\"}"
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        let bytes = Array((head + "Connection: close\r\n\r\n" + body).utf8)
        _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private nonisolated(unsafe) static var count = 0

    /// Whether to lose this request: it is read, and never answered.
    private static func isLost(_ options: Options) -> Bool {
        self.count += 1
        return options.has("--lose-first") && self.count == 1
    }

    private func bind(_ port: UInt16) -> Bool {
        self.options.has("--ipv6") ? self.bind6(port) : self.bind4(port)
    }

    private func bind6(_ port: UInt16) -> Bool {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(self.listener, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }

    private func bind4(_ port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(self.listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// The port; it has the same offset in both address families.
    private func port() -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(self.listener, $0, &size) }
        }
        return UInt16(bigEndian: address.sin6_port)
    }
}

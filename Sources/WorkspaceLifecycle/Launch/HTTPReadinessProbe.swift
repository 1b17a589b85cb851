internal import Glibc

/// Reads `generation` and `nonce` from the JSON of `GET /health`, over plain HTTP/1.1.
///
/// A few system calls on a non-blocking socket: this module has no networking, and readiness needs no more.
public struct HTTPReadinessProbe: ReadinessProbe {
    /// The path of the health resource, `/health` by default.
    public var path = "/health"

    /// A health answer is small; a longer one is cut here.
    private static let sizeLimit = 65_536

    /// Creates a probe of `/health`.
    public init() {}

    /// Asks once; a name that is not an IPv4 address or `localhost` is nobody.
    ///
    /// - Parameters:
    ///   - endpoint: Where, as `http://ADDRESS:PORT`.
    ///   - limit: How long to wait for the whole answer.
    /// - Returns: What it says of itself, or `nil`.
    public func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        guard let endpoint = try? RuntimeEndpoint(endpoint) else { return nil }
        let deadline = SystemClock.now + limit
        guard let connection = await self.connect(endpoint, deadline) else { return nil }
        let request = "GET \(self.path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let count = Array(request.utf8).withUnsafeBytes {
            send(connection.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count == request.utf8.count else { return nil }
        return Self.identity(in: await self.answer(connection, deadline))
    }

    /// Reads the identity out of a whole HTTP answer.
    static func identity(in answer: [UInt8]) -> RuntimeIdentity? {
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200") || text.hasPrefix("HTTP/1.0 200"),
            let end = text.firstRange(of: "\r\n\r\n")
        else { return nil }
        let (head, rest) = (text[..<end.lowerBound], text[end.upperBound...])
        let body = Self.isChunked(head) ? ChunkedBody.join(rest) : rest
        guard let fields = body.flatMap({ FlatJSON.fields(of: $0) }), let nonce = fields["nonce"],
            let generation = fields["generation"].flatMap({ UInt64($0) })
        else { return nil }
        return RuntimeIdentity(generation: generation, nonce: nonce)
    }

    /// Whether a field says so; names and codings are of any case (RFC 9110 §5.1, RFC 9112 §7).
    ///
    /// There may be white space around a value (RFC 9110 §5.5).
    private static func isChunked(_ head: Substring) -> Bool {
        head.split(separator: "\r\n").dropFirst().contains { line in
            guard let colon = line.firstIndex(of: ":") else { return false }
            let value = line[line.index(after: colon)...].split { $0 == " " || $0 == "\t" }
            guard line[..<colon].lowercased() == "transfer-encoding" else { return false }
            return value.map { $0.lowercased() } == ["chunked"]
        }
    }

    private func connect(_ endpoint: RuntimeEndpoint, _ deadline: Duration) async -> OwnedDescriptor? {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { return nil }
        let connection = OwnedDescriptor(number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: endpoint.address) }
        let failure = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard failure == 0 || errno == EINPROGRESS else { return nil }
        guard await DescriptorWatcher.shared.wait(for: .writable, on: number, until: deadline) == .ready else {
            return nil
        }
        var result: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &result, &size)
        guard result == 0 else { return nil }
        return connection
    }

    /// Reads until the peer closes, as it was asked to, or until the limit.
    private func answer(_ connection: borrowing OwnedDescriptor, _ deadline: Duration) async -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < Self.sizeLimit {
            let count = chunk.withUnsafeMutableBytes { read(connection.number, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += chunk[..<count]
                continue
            }
            guard count < 0, errno == EAGAIN || errno == EINTR else { break }
            let outcome = await DescriptorWatcher.shared.wait(for: .readable, on: connection.number, until: deadline)
            guard outcome == .ready else { break }
        }
        return bytes
    }
}

internal import Glibc

/// Reads `generation` and `nonce` from the JSON of `GET /health`, over plain HTTP/1.1.
///
/// It makes a few system calls on a non-blocking socket: this module has no networking, and readiness needs no more.
public struct HTTPReadinessProbe: ReadinessProbe {
    /// The path of the health resource, `/health` by default.
    public var path = "/health"

    /// The largest answer in bytes; the rest of a longer answer is ignored.
    private static let sizeLimit = 65_536

    /// Creates a probe of `/health`.
    public init() {}

    /// Why this probe can't ask an endpoint: it is not `http`, or its host is neither an address nor `localhost`.
    ///
    /// - Parameter endpoint: The endpoint as it was given or reported.
    /// - Returns: The reason in words, or `nil` if the endpoint can be asked.
    public func reasonNotToAsk(_ endpoint: String) -> String? {
        do throws(ProbeEndpoint.Refusal) { _ = try ProbeEndpoint.parse(endpoint) } catch { return error.reason }
        return nil
    }

    /// Asks once; for `localhost` it asks both loopback addresses at the same time.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint, as `http://ADDRESS:PORT`.
    ///   - limit: How long to wait for the whole answer.
    /// - Returns: The identity in the answer, or `nil`. A cancelled task gets `nil` at once.
    public func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        guard let endpoint = try? ProbeEndpoint.parse(endpoint) else { return nil }
        let deadline = SystemClock.now + limit
        return await withTaskGroup(of: RuntimeIdentity?.self) { requests in
            for address in endpoint.addresses {
                requests.addTask { await self.ask(address, endpoint, until: deadline) }
            }
            for await answer in requests {
                guard let answer else { continue }
                requests.cancelAll()
                return answer
            }
            return nil
        }
    }

    /// Reads the identity in a complete HTTP answer.
    static func identity(in answer: [UInt8]) -> RuntimeIdentity? {
        if case .whole(let identity) = HealthAnswer.read(answer, isAtEnd: true) { identity } else { nil }
    }

    private func ask(
        _ address: ProbeEndpoint.Address,
        _ endpoint: ProbeEndpoint,
        until deadline: Duration
    ) async -> RuntimeIdentity? {
        guard let connection = await self.connect(address, endpoint.port, deadline) else { return nil }
        let request = "GET \(self.path) HTTP/1.1\r\nHost: \(endpoint.authority)\r\nConnection: close\r\n\r\n"
        let count = Array(request.utf8).withUnsafeBytes {
            send(connection.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count == request.utf8.count else { return nil }
        return await self.answer(connection, deadline)
    }

    private func connect(
        _ address: ProbeEndpoint.Address,
        _ port: UInt16,
        _ deadline: Duration
    ) async -> OwnedDescriptor? {
        let family = address.isVersion6 ? AF_INET6 : AF_INET
        let number = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { return nil }
        let connection = OwnedDescriptor(number)
        let failure = address.isVersion6 ? Self.connect6(number, address, port) : Self.connect4(number, address, port)
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

    private static func connect4(_ number: Int32, _ address: ProbeEndpoint.Address, _ port: UInt16) -> Int32 {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.bytes) }
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func connect6(_ number: Int32, _ address: ProbeEndpoint.Address, _ port: UInt16) -> Int32 {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.bytes) }
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }

    /// Reads until the answer is complete, or until the limit.
    private func answer(_ connection: borrowing OwnedDescriptor, _ deadline: Duration) async -> RuntimeIdentity? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < Self.sizeLimit {
            let count = chunk.withUnsafeMutableBytes { read(connection.number, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += chunk[..<count]
                if case .whole(let identity) = HealthAnswer.read(bytes, isAtEnd: false) { return identity }
                continue
            }
            guard count < 0, errno == EAGAIN || errno == EINTR else { break }
            let outcome = await DescriptorWatcher.shared.wait(for: .readable, on: connection.number, until: deadline)
            guard outcome == .ready else { return nil }
        }
        return Self.identity(in: bytes)
    }
}

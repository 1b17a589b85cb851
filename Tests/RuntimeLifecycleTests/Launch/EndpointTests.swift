import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Where a runtime answers, and how", .timeLimit(.minutes(5)))
struct EndpointTests {
    @Test(
        "A reported endpoint that can never be asked fails the start at once, with the reason",
        arguments: [
            ("ftp://127.0.0.1", "not http"), ("https://127.0.0.1", "TLS"), ("127.0.0.1", "no scheme"),
            ("http://example.org", "not resolved"), ("http://[::1", "bracket"),
        ]
    )
    func unusable(endpoint: String, reason: String) async throws {
        try await Sandbox.with { sandbox in
            let (lifecycle, began) = (try sandbox.lifecycle(), SystemClock.now)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(
                    try WorkspaceID("blue"),
                    command: sandbox.command("--report-endpoint", endpoint)
                )
            }
            #expect(error?.code == .unusableEndpoint && error?.message.contains(reason) == true, "\(error as Any)")
            #expect(SystemClock.now - began < .seconds(10) && sandbox.processes().isEmpty)
        }
    }

    @Test("An endpoint that its probe can't ask is not asked")
    func notAsked() async throws {
        try await Sandbox.with { sandbox in
            let lifecycle = try sandbox.lifecycle(probe: RefusingProbe())
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(try WorkspaceID("blue"), command: sandbox.command())
            }
            #expect(error?.code == .unusableEndpoint && error?.message.contains("spoken to in Latin") == true)
        }
    }

    /// Whether this machine has the address `::1`.
    private static func hasVersion6() -> Bool {
        let number = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }

    @Test(
        "A runtime on ::1 alone is found by its address and by localhost",
        .enabled("needs IPv6") { Self.hasVersion6() },
        arguments: ["http://[::1]", "HTTP://LOCALHOST", "http://localhost"]
    )
    func version6(endpoint: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let command = sandbox.command("--ipv6", "--report-endpoint", endpoint)
            #expect(try await sandbox.lifecycle().getOrStart(id, command: command).isStarted)
        }
    }

    @Test("A runtime that keeps the connection open is understood without waiting for its end")
    func keptOpen() async throws {
        try await Sandbox.with { sandbox in
            let command = sandbox.command("--keep-open")
            let outcome = try await sandbox.lifecycle().getOrStart(try WorkspaceID("blue"), command: command)
            let began = SystemClock.now
            let found = await HTTPReadinessProbe().identity(at: outcome.runtime.endpoint, within: .seconds(30))
            #expect(found?.generation == 1 && SystemClock.now - began < .seconds(10))
        }
    }

    private static let identity = "{\"nonce\":\"a\",\"generation\":2}"

    @Test(
        "The end of an answer is known by its length, its last chunk or the end of the connection",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n\(Self.identity)", true, true),
            ("HTTP/1.1 200 OK\r\ncontent-length:28 \r\n\r\n\(Self.identity)and the next answer", true, true),
            ("HTTP/1.1 200\r\nContent-Length: 28\r\n\r\n\(Self.identity)", true, true),
            ("HTTP/1.1 200 OK\nContent-Length: 28\n\n\(Self.identity)", true, true),
            ("HTTP/1.1 200 OK\r\nContent-Length:\r\n 28\r\n\r\n\(Self.identity)", true, true),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n\(Self.identity)", true, true),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n1c\r\n\(Self.identity)\r\n0\r\n",
                true, true
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n\(Self.identity)\r\n", false, false),
            ("HTTP/1.1 200 OK\r\n\r\n\(Self.identity)", false, true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n\(Self.identity)", false, false),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n\(Self.identity)", false, false),
            ("HTTP/1.1 100 Continue\r\n\r\n", false, false), ("HTTP/1.1 200 O", false, false),
            ("HTTP/1.1 204 No\r\n\r\n", true, false), ("SSH-2.0-x\r\n\r\n", true, false),
        ]
    )
    func answers(text: String, isWhole: Bool, isIdentity: Bool) {
        let (bytes, expected) = (Array(text.utf8), RuntimeIdentity(generation: 2, nonce: "a"))
        let early = HealthAnswer.read(bytes, isAtEnd: false)
        #expect(early == (isWhole ? .whole(isIdentity ? expected : nil) : .unfinished))
        #expect(HealthAnswer.read(bytes, isAtEnd: true) == .whole(isIdentity ? expected : nil))
        // At every split of the input, the part never gives more than the whole.
        for length in 0..<bytes.count {
            let part = HealthAnswer.read(Array(bytes[..<length]), isAtEnd: false)
            #expect(part == .unfinished || part == early)
        }
    }
}

/// A probe that can't ask any endpoint; if it is used anyway, it reports another runtime.
private struct RefusingProbe: ReadinessProbe {
    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        RuntimeIdentity(generation: 99, nonce: "of somebody else")
    }

    func reasonNotToAsk(_ endpoint: String) -> String? { "it wants to be spoken to in Latin" }
}

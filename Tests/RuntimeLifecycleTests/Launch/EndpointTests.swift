import Glibc
import RuntimeReadiness
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
            let found = await HealthProbe().identity(at: outcome.runtime.endpoint, within: .seconds(30))
            #expect(found?.generation == 1 && SystemClock.now - began < .seconds(10))
        }
    }

    @Test("A configured endpoint that can never be asked is refused before anything changes; the error shows the form")
    func configured() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            var command = sandbox.command()
            command.endpoint = "https://127.0.0.1:1"
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: command)
            }
            #expect(error?.code == .invalidArgument && error?.message.contains("TLS") == true)
            #expect(error?.message.contains("http://ADDRESS:PORT") == true && sandbox.record(id) == nil)
        }
    }
}

@Suite("Without a probe", .timeLimit(.minutes(5)))
struct NoProbeTests {
    @Test("The report alone makes a runtime ready, and adopts it; nothing is asked")
    func reportIsEnough() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle(probe: nil))
            // Every request would find somebody else.
            let first = try await lifecycle.getOrStart(id, command: sandbox.command("--wrong-identity"))
            let second = try await lifecycle.getOrStart(id, command: sandbox.command("--wrong-identity"))
            #expect(first.isStarted && !second.isStarted && second.runtime == first.runtime)
        }
    }

    @Test("A report of another generation is refused all the same")
    func wrongReport() async throws {
        try await Sandbox.with { sandbox in
            let lifecycle = try sandbox.lifecycle(probe: nil)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(try WorkspaceID("blue"), command: sandbox.command("--wrong-report"))
            }
            #expect(error?.code == .wrongIdentity)
        }
    }

    @Test("An endpoint to ask is refused before anything changes")
    func endpoint() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle(probe: nil))
            var command = sandbox.command()
            command.endpoint = "http://127.0.0.1:1"
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: command)
            }
            #expect(error?.code == .invalidArgument && error?.message.contains("no probe") == true)
            #expect(sandbox.record(id) == nil && sandbox.processes().isEmpty)
        }
    }

    @Test("A recorded endpoint can't be asked: a runtime that writes no report is not ready, and the error says why")
    func recordedEndpoint() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let port = try #require(FreePort.find())
            var command = sandbox.command("--silent", "--port", String(port))
            command.endpoint = "http://127.0.0.1:\(port)"
            _ = try await sandbox.lifecycle().getOrStart(id, command: command)
            let lifecycle = try sandbox.lifecycle({ $0.readinessTimeout = .milliseconds(400) }, probe: nil)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            }
            #expect(error?.code == .notReady && error?.message.contains("no probe to ask") == true)
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

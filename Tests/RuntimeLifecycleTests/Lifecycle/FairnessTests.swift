import Glibc
import RuntimeReadiness
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Patience and fairness", .timeLimit(.minutes(5)))
struct FairnessTests {
    @Test(
        "A runtime behind a shell that passes no signal on is asked to end, and has its time",
        arguments: [true, false]
    )
    func behindShell(isBackground: Bool) async throws {
        try await Sandbox.with { sandbox in
            let (id, marker) = (try WorkspaceID("blue"), sandbox.path + "/asked")
            var command = sandbox.command("--term-marker", marker)
            let runtime = command.arguments.joined(separator: " ")
            command.arguments = ["/bin/sh", "-c", isBackground ? "\(runtime) & wait" : "\(runtime); true"]
            let lifecycle = try sandbox.lifecycle { $0.gracePeriod = .seconds(20) }
            _ = try await lifecycle.getOrStart(id, command: command)
            let began = SystemClock.now
            _ = try await lifecycle.stop(id)
            #expect(access(marker, F_OK) == 0 && SystemClock.now - began < .seconds(10))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test("Leftover processes get SIGTERM first, too")
    func leftBehind() async throws {
        try await Sandbox.with { sandbox in
            let (id, marker) = (try WorkspaceID("blue"), sandbox.path + "/asked")
            var command = sandbox.command("--term-marker", marker)
            command.arguments = ["/bin/sh", "-c", command.arguments.joined(separator: " ") + " & wait"]
            let lifecycle = try sandbox.lifecycle { $0.gracePeriod = .seconds(20) }
            let started = try await lifecycle.getOrStart(id, command: command)
            Processes.kill(started.runtime.process)
            _ = try await lifecycle.stop(id)
            #expect(access(marker, F_OK) == 0 && sandbox.processes().isEmpty)
        }
    }

    @Test("A slow answer may take all that is left of the limit; another request beside it changes nothing")
    func slowAnswer() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle { $0.probePeriod = .milliseconds(100) }
            let first = try await lifecycle.getOrStart(id, command: sandbox.command("--slow-health", "700"))
            let second = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(!second.isStarted && second.runtime == first.runtime)
        }
    }

    @Test("A probe gets all the remaining time, not a separate limit")
    func timeOfAProbe() async throws {
        try await Sandbox.with { sandbox in
            let probe = NotingProbe()
            let lifecycle = try sandbox.lifecycle({ $0.probePeriod = .milliseconds(100) }, probe: probe)
            _ = try await lifecycle.getOrStart(try WorkspaceID("blue"), command: sandbox.command())
            // The limit is 20 seconds; the start itself has used some of it.
            #expect(try #require(probe.limits.values.first) > .seconds(1))
        }
    }

    @Test("A request that was lost gets another one beside it, while there is time")
    func lostRequest() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle {
                ($0.probePeriod, $0.readinessTimeout) = (.milliseconds(100), .seconds(3))
            }
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command("--lose-first")).isStarted)
        }
    }

    @Test("A probe that hangs does not hide that the process has ended")
    func endDuringProbe() async throws {
        try await Sandbox.with { sandbox in
            let (id, began) = (try WorkspaceID("blue"), SystemClock.now)
            let lifecycle = try sandbox.lifecycle()
            // Another server, which accepts and never answers.
            let port = try #require(FreePort.find())
            var command = sandbox.command("--exit-at-once")
            command.endpoint = "http://127.0.0.1:\(port)"
            let listener = try #require(SilentListener(port))
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: command)
            }
            #expect(error?.code == .runtimeExited && SystemClock.now - began < .seconds(10))
            _ = listener
        }
    }

    @Test("Up says what it ended and why, as JSON and as text; the limits are options", arguments: ["json", "pretty"])
    func ended(format: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let first = try await sandbox.lifecycle().getOrStart(id, command: sandbox.command("--ignore-sigterm"))
            kill(first.runtime.process.pid, SIGSTOP)
            let began = SystemClock.now
            let up = await ChildProcess.run(
                [Products.command, "workspace", "up", "blue", "--root", sandbox.root, "--format", format]
                    + ["--adopt-within", "1", "--grace", "0", "--command"] + sandbox.command().arguments
            )
            #expect(up.code == 0 && SystemClock.now - began < .seconds(8), "\(up.output)")
            let words =
                format == "json" ? "\"ended\":[{\"generation\":1,\"detail\":\"process " : "ended of generation 1: "
            #expect(up.output.contains(words) && up.output.contains("not ready within 1.0 seconds"), "\(up.output)")
            let again = await ChildProcess.run(
                [Products.command, "workspace", "up", "blue", "--root", sandbox.root, "--format", format]
            )
            #expect(again.code == 0 && !again.output.contains("ended"), "\(again.output)")
        }
    }

    @Test("A runtime has the umask of its caller")
    func umask() async throws {
        try await Sandbox.with { sandbox in
            let runtime = sandbox.command().arguments.joined(separator: " ")
            let script = "umask > \(sandbox.path)/umask; exec \(runtime)"
            let up = [
                Products.command, "workspace", "up", "blue", "--root", sandbox.root, "--command", "/bin/sh", "-c",
            ]
            let words = (up + [script]).map { "'\($0)'" }.joined(separator: " ")
            let result = await ChildProcess.run(["/bin/sh", "-c", "umask 027; \(words)"])
            #expect(result.code == 0 && Sandbox.read(sandbox.path + "/umask") == "0027\n", "\(result.output)")
        }
    }
}

/// Records the time limit that it gets.
private struct NotingProbe: ReadinessProbe {
    let limits = Recorder<Duration>()

    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        self.limits.append(limit)
        return await HealthProbe().identity(at: endpoint, within: limit)
    }
}

/// Accepts connections only in the kernel's queue, and sends nothing.
private final class SilentListener: Sendable {
    private let descriptor: Int32

    init?(_ port: UInt16) {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = self.descriptor
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 8) == 0 else { return nil }
    }

    deinit { close(self.descriptor) }
}

import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("What a runtime inherits", .timeLimit(.minutes(5)))
struct StubTests {
    /// Starts a runtime that never gets ready, and returns its process after the exec.
    private func launch(
        _ sandbox: Sandbox,
        flags: [String] = [],
        _ look: (Int32) async throws -> Void
    ) async throws {
        let id = try WorkspaceID("blue")
        async let acting = sandbox.act("getOrStart", on: id, flags, command: ["--never-ready"])
        try await eventually("the runtime runs") { sandbox.censusLines().count == 1 }
        let child = try #require(sandbox.record(id)?.child)
        try await look(child.pid)
        Processes.kill(child)
        #expect(await acting.output.contains("runtimeExited"))
    }

    @Test("Signals that its starter ignores or blocks are neither ignored nor blocked in the runtime")
    func signals() async throws {
        try await Sandbox.with { sandbox in
            try await self.launch(sandbox, flags: ["--deaf-to", "\(SIGUSR1)"]) { pid in
                let status = Sandbox.read("/proc/\(pid)/status").split(separator: "\n")
                for name in ["SigBlk:", "SigIgn:"] {
                    let line = try #require(status.first { $0.hasPrefix(name) })
                    let mask = try #require(UInt64(line.dropFirst(name.count).filter { $0 != "\t" }, radix: 16))
                    #expect(mask & 1 << UInt64(SIGUSR1 - 1) == 0, "\(line)")
                }
            }
        }
    }

    @Test("It has only the descriptors that it is given, with or without close-on-exec on the others")
    func descriptors() async throws {
        try await Sandbox.with { sandbox in
            try await self.launch(sandbox, flags: ["--leak", "9"]) { pid in
                let open = ProcessTable.names(in: "/proc/\(pid)/fd").compactMap { Int32($0) }.sorted()
                // The sixth descriptor is the census of the fake runtime.
                #expect(Array(open.prefix(5)) == [0, 1, 2, 3, 4] && open.count <= 6, "\(open)")
            }
        }
    }

    @Test("A stub that is never told to go on ends without having become the runtime")
    func abandoned() async throws {
        try await Sandbox.with { sandbox in
            let (id, directory) = (try WorkspaceID("blue"), sandbox.directory)
            try directory.prepareRoot()
            try directory.prepare(id)
            guard let life = try LifeLock(path: directory.lifeLock(id)).take() else {
                Issue.record("the life lock of a new workspace is held")
                return
            }
            let identity = RuntimeIdentity(generation: 1, nonce: "n")
            let command = sandbox.command("--exit-at-once")
            let stub = try Spawner(directory: directory, id: id).spawn(command, as: identity, life: life)
            let ending = stub.reaper
            _ = consume stub
            // The fake runtime itself would end with 7.
            #expect(await ending.code(within: .seconds(20)) == 125)
        }
    }

    @Test("It leads a session and a process group of its own")
    func session() async throws {
        try await Sandbox.with { sandbox in
            try await self.launch(sandbox) { pid in #expect(getsid(pid) == pid && getpgid(pid) == pid) }
        }
    }

    @Test("Its log begins with it: a start empties what the last one wrote")
    func log() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let first = RuntimeCommand(["/bin/sh", "-c", "echo of the first"])
            await #expect(throws: LifecycleError.self) { _ = try await lifecycle.getOrStart(id, command: first) }
            #expect(Sandbox.read(sandbox.directory.log(id)) == "of the first\n")
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(!Sandbox.read(sandbox.directory.log(id)).contains("of the first"))
        }
    }
}

import Glibc
import RuntimeReadiness
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Crashes at every step", .timeLimit(.minutes(5)))
struct CrashTests {
    /// The limit of every recovery; most need less than a tenth of it.
    private static let bound = Duration.seconds(8)

    @Test(
        "After the actor is killed at a step, one start gives exactly one runtime and one stop none",
        arguments: CrashPoint.all
    )
    func startAfterCrash(point: CrashPoint) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.crash(point, sandbox, id)
            try await self.expectStart(sandbox, id)
            try await self.expectStop(sandbox, id)
        }
    }

    @Test(
        "A stub whose starter dies before the commit ends by itself and never becomes a runtime",
        arguments: CrashPoint.all.filter { [.stubSpawned, .childWritten, .childRecorded].contains($0.step) }
    )
    func stubDies(point: CrashPoint) async throws {
        try await Sandbox.with { sandbox in
            try await self.crash(point, sandbox, try WorkspaceID("blue"))
            try await eventually("the stub ends") { sandbox.processes().isEmpty }
            #expect(sandbox.censusLines().count == (point.needsRuntime ? 1 : 0))
        }
    }

    @Test("After the actor is killed at a step, one stop leaves nothing that lives", arguments: CrashPoint.all)
    func stopAfterCrash(point: CrashPoint) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.crash(point, sandbox, id)
            let isKnown = access(sandbox.directory.journal(id), F_OK) == 0
            if isKnown {
                try await self.expectStop(sandbox, id)
            } else {
                let stop = await sandbox.act("stop", on: id)
                #expect(stop.output.contains("unknownWorkspace"), "\(stop.output)")
                #expect(sandbox.runtimes().isEmpty)
            }
        }
    }

    @Test(
        "After the runtime is killed at a step, its starter is told the truth and one start gives exactly one",
        arguments: CrashPoint.withRuntime
    )
    func startAfterRuntimeCrash(point: CrashPoint) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            if point.needsRuntime { _ = await sandbox.act("getOrStart", on: id) }
            let flags = point.flags + ["--kill-runtime-at", point.step.rawValue]
            let acting = await sandbox.act(point.verb, on: id, flags)
            let before: Set<LifecycleStep> = [.childWritten, .childRecorded, .committed]
            let isRefused = before.contains(point.step)
            #expect(acting.output.contains("runtimeExited") == isRefused, "\(acting.output)")
            try await self.expectStart(sandbox, id)
            try await self.expectStop(sandbox, id)
        }
    }

    // MARK: Conditions after a crash

    private func crash(_ point: CrashPoint, _ sandbox: Sandbox, _ id: WorkspaceID) async throws {
        if point.needsRuntime {
            let started = await sandbox.act("getOrStart", on: id)
            try #require(started.code == 0, "\(started.output)")
        }
        let killed = await sandbox.act(point.verb, on: id, point.flags + ["--kill-at", point.step.rawValue])
        try #require(killed.code == -SIGKILL, "it never came to \(point.step): \(killed.output)")
    }

    private func expectStart(_ sandbox: Sandbox, _ id: WorkspaceID) async throws {
        // A committed stub that has not called exec yet lives, too, and is adopted as the runtime.
        let before = sandbox.processes()
        let began = SystemClock.now
        let start = await sandbox.act("getOrStart", on: id)
        #expect(SystemClock.now - began < Self.bound)
        let record = try #require(sandbox.record(id), "\(start.output)")
        let child = try #require(record.child, "\(start.output)")
        #expect(sandbox.runtimes() == [child.pid])
        #expect(!sandbox.hadOverlap)
        #expect(start.output.contains("generation=\(record.generation) pid=\(child.pid)"), "\(start.output)")
        // If a runtime existed before, it was adopted; only then the answer says that nothing was started.
        #expect(start.output.contains("started=\(!before.contains(child.pid))"), "\(start.output) \(before)")
        let found = await HealthProbe().identity(at: record.endpoint ?? "", within: .seconds(5))
        #expect(found == RuntimeIdentity(generation: record.generation, nonce: record.nonce))
        self.expectNoTemporaryFiles(sandbox, id, generation: record.generation)
    }

    private func expectStop(_ sandbox: Sandbox, _ id: WorkspaceID) async throws {
        let began = SystemClock.now
        let stop = await sandbox.act("stop", on: id)
        #expect(SystemClock.now - began < Self.bound)
        #expect(stop.code == 0, "\(stop.output)")
        #expect(sandbox.processes().isEmpty)
        #expect(!sandbox.hadOverlap)
        let record = try #require(sandbox.record(id))
        #expect(record.phase == .absent)
        self.expectNoTemporaryFiles(sandbox, id, generation: record.generation)
    }

    private func expectNoTemporaryFiles(_ sandbox: Sandbox, _ id: WorkspaceID, generation: UInt64) {
        let names = Set(ProcessTable.names(in: sandbox.directory.workspace(id)))
        #expect(
            names.isSubset(of: ["journal", "journal.reserve", "life.lock", "runtime.log", "report.\(generation)"]),
            "\(names)"
        )
    }
}

import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

/// The effects of a verb, seen as the order of its system calls.
@Suite("System calls of the verbs", .timeLimit(.minutes(5)))
struct SystemCallTests {
    /// The system calls that write a record to disk for good.
    private static let record = ["write journal.tmp", "fsync journal.tmp", "rename journal.tmp journal", "fsync blue"]

    /// The calls about records, and the calls that must come after a record.
    private static func order(_ calls: [String]) -> [String] {
        calls.filter { call in
            ["journal", "fsync blue", "spawn", "commit", "signal"].contains { call.contains($0) }
        }
    }

    @Test("A start has its tombstone on disk before it forks, and the child before it lets it go")
    func start() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try await lifecycle.create(id)
            let recorder = SystemCallRecorder()
            _ = try await recorder.record { try await lifecycle.getOrStart(id, command: sandbox.command()) }
            let expected = Self.record + ["spawn"] + Self.record + ["commit"] + Self.record
            #expect(Self.order(recorder.calls) == expected)
        }
    }

    @Test("A stop has its tombstone on disk before it asks the runtime to end, and asks before it kills the group")
    func stop() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let started = try await lifecycle.getOrStart(id, command: sandbox.command("--ignore-sigterm"))
            let recorder = SystemCallRecorder()
            _ = try await recorder.record { try await lifecycle.stop(id) }
            let pid = started.runtime.process.pid
            let signals = ["signal 15 \(pid)", "signal 9 \(pid) and its group"]
            #expect(Self.order(recorder.calls) == Self.record + signals + Self.record)
        }
    }

    @Test("A runtime that ends when it is asked is not killed")
    func stopOfThePolite() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle { $0.gracePeriod = .seconds(5) })
            let started = try await lifecycle.getOrStart(id, command: sandbox.command())
            let recorder = SystemCallRecorder()
            _ = try await recorder.record { try await lifecycle.stop(id) }
            let signals = recorder.calls.filter { $0.hasPrefix("signal") }
            #expect(signals == ["signal 15 \(started.runtime.process.pid)"])
        }
    }

    @Test("Directories that are made are on disk, each in the one above it, before a record is written into them")
    func directories() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let recorder = SystemCallRecorder()
            try await recorder.record { try await lifecycle.create(id) }
            let syncs = recorder.calls.filter { $0.hasPrefix("fsync") }
            let above = String(sandbox.path.split(separator: "/").last ?? "")
            #expect(
                syncs == ["fsync \(above)", "fsync state", "fsync state", "fsync workspaces"]
                    + [1, 3].map { Self.record[$0] }
            )
        }
    }

    @Test(
        "A record that can't be put on disk is an error, and nothing is forked for it",
        arguments: ["journal.tmp", "blue"]
    )
    func failingSync(file: String) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try await lifecycle.create(id)
            let recorder = SystemCallRecorder()
            var calls = recorder.systemCalls
            let real = calls.fsync
            calls.fsync = { number in
                let isMeant = SystemCallRecorder.file(number) == file
                let result = real(number)
                guard isMeant else { return result }
                errno = EIO
                return -1
            }
            let error = await SystemCalls.$current.withValue(calls) { await sandbox.refusal(id) }
            #expect(error?.code == .storage && error?.systemError == EIO)
            #expect(!recorder.calls.contains("spawn"))
        }
    }

    /// Runs `body` with a disk that has no room for writes to these files.
    private func withoutRoom(
        in files: Set<String>,
        _ body: () async throws -> Void
    ) async rethrows -> [String] {
        let recorder = SystemCallRecorder()
        var calls = recorder.systemCalls
        let real = calls.write
        calls.write = { number, bytes, count in
            guard files.contains(SystemCallRecorder.file(number)) else { return real(number, bytes, count) }
            errno = ENOSPC
            return -1
        }
        try await SystemCalls.$current.withValue(calls) { try await body() }
        return recorder.calls
    }

    @Test("A stop for which the disk has no room is recorded in the room that was kept, before and after the signals")
    func reserve() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle { $0.gracePeriod = .seconds(5) })
            let started = try await lifecycle.getOrStart(id, command: sandbox.command())
            let calls = try await self.withoutRoom(in: ["journal.tmp"]) { _ = try await lifecycle.stop(id) }
            let record = [
                "write journal.reserve", "fsync journal.reserve", "exchange journal.reserve journal", "fsync blue",
            ]
            #expect(Self.order(calls) == record + ["signal 15 \(started.runtime.process.pid)"] + record)
            #expect(sandbox.record(id)?.phase == .absent && sandbox.runtimes().isEmpty)
        }
    }

    @Test("A stop that can't be recorded at all ends the processes, and says what was not recorded")
    func unrecorded() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            _ = await self.withoutRoom(in: ["journal.tmp", "journal.reserve"]) {
                let error = await #expect(throws: LifecycleError.self) { _ = try await lifecycle.stop(id) }
                #expect(error?.code == .endNotRecorded && error?.systemError == ENOSPC)
            }
            #expect(sandbox.record(id)?.phase == .running && sandbox.runtimes().isEmpty)
        }
    }

    @Test(
        "Who holds the life lock is looked at twice before it is signalled: a stub of another has a copy for an instant"
    )
    func holders() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let started = try await lifecycle.getOrStart(id, command: sandbox.command("--detached-grandchild"))
            try await eventually("both processes run") { sandbox.processes().count == 2 }
            Processes.kill(started.runtime.process)
            let holder = try #require(sandbox.processes().first)
            let recorder = SystemCallRecorder()
            _ = try await recorder.record { try await lifecycle.stop(id) }
            // Starts at the tombstone, because earlier calls decide nothing.
            let calls = recorder.calls.drop { $0 != "rename journal.tmp journal" }
            let signalled = try #require(
                calls.firstIndex { $0.hasPrefix("signal") && $0.hasSuffix(" \(holder)") },
                "\(calls)"
            )
            #expect(calls[..<signalled].count { $0 == "lock life.lock, but it is held" } >= 2, "\(calls)")
        }
    }

    @Test("Both locks are unlocked, not only closed, before the verb is over")
    func unlocked() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, recorder) = (try WorkspaceID("blue"), try sandbox.lifecycle(), SystemCallRecorder())
            try await recorder.record { try await lifecycle.create(id) }
            let locks = recorder.calls.filter { $0.contains("lock ") }
            #expect(locks == ["lock blue.lock", "lock life.lock", "unlock life.lock", "unlock blue.lock"])
        }
    }
}

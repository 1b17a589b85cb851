import Foundation
import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("What belongs to a workspace, and what does not", .timeLimit(.minutes(5)))
struct BelongingTests {
    /// Starts a runtime with descendants and waits until all of them run.
    private func start(
        _ sandbox: Sandbox,
        _ flags: [String],
        count: Int = 2
    ) async throws -> (WorkspaceID, WorkspaceLifecycle, StartResult) {
        let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
        let outcome = try await lifecycle.getOrStart(id, command: sandbox.command(flags))
        try await eventually("all processes run") { sandbox.processes().count == count }
        return (id, lifecycle, outcome)
    }

    /// The verb that begins the next generation.
    enum Next: CaseIterable, Sendable { case stop, delete, start, restart, recover }

    @Test(
        "When the runtime has died by itself, whatever verb comes next first ends what it left behind",
        arguments: Next.allCases
    )
    func leaderDied(next: Next) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, ["--session-grandchild"])
            Processes.kill(started.runtime.process)
            let left = sandbox.processes()
            try #require(left.count == 1)
            switch next {
            case .stop: _ = try await lifecycle.stop(id)
            case .delete: try await lifecycle.delete(id)
            case .start: _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            case .restart: _ = try await lifecycle.restart(id, command: sandbox.command())
            case .recover: _ = try await lifecycle.recover(id)
            }
            #expect(Set(sandbox.processes()).isDisjoint(with: left))
            #expect(sandbox.processes().count == (next == .start || next == .restart ? 1 : 0))
        }
    }

    @Test("What an older generation left behind is ended too, by the mark of the state directory")
    func olderGeneration() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, ["--session-grandchild"])
            // A record of the next generation, as written by a program that does not search for processes.
            var record = try #require(sandbox.record(id))
            (record.generation, record.nonce, record.child, record.phase) = (7, "another", nil, .failed)
            Processes.kill(started.runtime.process)
            try Journal(directory: sandbox.directory, id: id).write(record)
            #expect(sandbox.processes().count == 1)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 8)
            #expect(sandbox.processes().count == 1 && !sandbox.hadOverlap)
        }
    }

    @Test("A process that only has the life lock's file open does not hold it, and is not ended")
    func merelyOpen() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, ["--detached-grandchild"])
            let path = sandbox.directory.lifeLock(id)
            let reader = try RunningProgram.start(URL(filePath: "/usr/bin/env"), ["tail", "-f", path])
            defer { reader.end() }
            let file = try #require(FileIdentity.of(path))
            func readers() -> [Int32] {
                ProcessTable.all().map(\.pid).filter {
                    $0 != getpid() && !ProcessTable.descriptors(of: $0, on: file).isEmpty
                        && !LifeLock.isHeld(file, by: $0)
                }
            }
            try await eventually("the reader has it open") { readers().count == 1 }
            #expect(LifeLock.isHeld(file, by: started.runtime.process.pid))
            let before = readers()
            _ = try await lifecycle.stop(id)
            #expect(readers() == before && sandbox.processes() == before)
        }
    }

    @Test("A copied state directory owns nothing of the original: it shows that, ends nothing and starts its own")
    func copied() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, ["--session-grandchild"])
            let copied = sandbox.path + "/copy"
            _ = await ChildProcess.run(["/bin/cp", "-a", sandbox.root, copied])
            let copy = try sandbox.lifecycle { $0.root = copied }
            let status = try #require(try await copy.status(id))
            #expect(status.phase == .failed && status.reason?.contains("copied") == true && !status.isAlive)
            #expect(try await copy.stop(id) == .notRunning)
            try await copy.delete(id)
            #expect(sandbox.processes().count == 2)
            let same = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(!same.isStarted && same.runtime == started.runtime)
        }
    }

    @Test("A state directory that was moved keeps what runs")
    func moved() async throws {
        try await Sandbox.with { sandbox in
            let (id, _, started) = try await self.start(sandbox, ["--session-grandchild"])
            rename(sandbox.root, sandbox.path + "/moved")
            let moved = try sandbox.lifecycle { $0.root = sandbox.path + "/moved" }
            #expect(try await moved.getOrStart(id, command: sandbox.command()).runtime == started.runtime)
            _ = try await moved.stop(id)
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test("When the state directory was removed, what runs is still found, ended, and its number goes on")
    func removed() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, _) = try await self.start(sandbox, ["--session-grandchild"])
            _ = await ChildProcess.run(["/bin/rm", "-r", sandbox.root])
            let status = try #require(try await lifecycle.status(id))
            #expect(status.phase == .failed && status.generation == 1 && status.reason?.contains("missing") == true)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: RuntimeCommand([]))
            }
            #expect(error?.code == .noCommand && sandbox.processes().count == 2)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 2)
            #expect(sandbox.processes().count == 1 && !sandbox.hadOverlap)
        }
    }

    @Test("A lost record is as bad as a corrupt one: never 'never created', another program or a number again")
    func lostRecord() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, [], count: 1)
            unlink(sandbox.directory.journal(id))
            #expect(try await lifecycle.status(id)?.phase == .failed)
            let up = await ChildProcess.run([Products.command, "workspace", "up", "blue", "--root", sandbox.root])
            #expect(up.code == 66 && ProcessTable.isAlive(started.runtime.process), "\(up.output)")
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 2)
            unlink(sandbox.directory.journal(id))
            _ = try await lifecycle.stop(id)
            #expect(sandbox.processes().isEmpty && !sandbox.hadOverlap && sandbox.record(id)?.generation == 2)
        }
    }

    @Test("A lost record of what has ended counts as well: the number goes on, and no other program takes its place")
    func lostRecordOfWhatEnded() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, started) = try await self.start(sandbox, [], count: 1)
            Processes.kill(started.runtime.process)
            unlink(sandbox.directory.journal(id))
            #expect(try await lifecycle.status(id)?.phase == .failed)
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: RuntimeCommand([]))
            }
            #expect(error?.code == .noCommand)
            // The failed start may have used a generation.
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation > 1)
        }
    }

    @Test("A corrupt record of a runtime that has closed its life lock never leads to two", arguments: [true, false])
    func corruptWithClosedLifeLock(isLost: Bool) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle, _) = try await self.start(sandbox, ["--close-life"], count: 1)
            if isLost {
                unlink(sandbox.directory.journal(id))
                unlink(sandbox.directory.report(id, 1))
                unlink(sandbox.directory.log(id))
            } else {
                Sandbox.write("garbage", to: sandbox.directory.journal(id))
            }
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 2)
            #expect(sandbox.processes().count == 1 && !sandbox.hadOverlap)
        }
    }

    @Test("A failed end says what the record says", arguments: [RuntimePhase.stopping, .running])
    func failedEnd(phase: RuntimePhase) {
        let record = JournalRecord(generation: 3, phase: phase)
        let error = LifecycleError(.processSurvived, "It lives.").leaving(record)
        #expect(error.code == .processSurvived && error.message.hasPrefix("It lives. The record "))
        #expect(error.message.contains("generation 3 is stopping") == (phase == .stopping))
    }

    @Test(
        "A mark is read from an environment and from nothing else",
        arguments: [
            ("", nil, 0), ("PATH=/bin\0", nil, 0), ("WORKSPACE_NONCE=\0", nil, 0), ("XWORKSPACE_NONCE=a\0", nil, 0),
            ("A=WORKSPACE_NONCE=a", nil, 0), ("WORKSPACE_NONCE=a", "a", 0),
            ("X=\0WORKSPACE_GENERATION=4\0WORKSPACE_NONCE=a\0WORKSPACE_NONCE=b\0", "a", 4),
            ("WORKSPACE_NONCE=a\0WORKSPACE_GENERATION=18446744073709551615\0", "a", 0),
        ] as [(String, String?, UInt64)]
    )
    func marks(environment: String, nonce: String?, generation: UInt64) {
        let mark = RuntimeMark(environment: Array(environment.utf8))
        #expect(mark?.nonce == nonce && mark?.generation ?? 0 == generation)
    }
}

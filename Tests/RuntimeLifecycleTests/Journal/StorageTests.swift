import ConcurrencyPrimitives
import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("Files that are not as they should be", .timeLimit(.minutes(5)))
struct StorageTests {
    @Test(
        "A corrupt record is kept, reported and recovered from; what lived is ended and the number goes on",
        arguments: ["", "garbage", "wsstream-journal 2\ncrc32=00000000\n", String(repeating: "x", count: 100_000)]
    )
    func corrupt(contents: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            Sandbox.write(contents, to: sandbox.directory.journal(id))
            let status = try #require(try await lifecycle.status(id))
            #expect(status.phase == .failed && status.reason?.contains(sandbox.directory.journal(id)) == true)
            let second = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(second.isStarted && second.runtime.generation == first.runtime.generation + 1)
            #expect(sandbox.runtimes() == [second.runtime.process.pid])
            #expect(!sandbox.hadOverlap)
            #expect(access(sandbox.directory.journal(id) + ".corrupt", F_OK) == 0)
        }
    }

    @Test("Numbers in files that could overflow are no generations")
    func hugeGenerations() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try sandbox.directory.prepareRoot()
            try sandbox.directory.prepare(id)
            let record = JournalRecord(generation: .max, phase: .running, verb: .start, nonce: "n")
            try Journal(directory: sandbox.directory, id: id).write(record)
            Sandbox.write("", to: sandbox.directory.report(id, .max))
            #expect(try await lifecycle.status(id)?.phase == .failed)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 1)
        }
    }

    @Test("A start whose record lost the command says so, and does not end live processes")
    func corruptWithoutCommand() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            Sandbox.write("garbage", to: sandbox.directory.journal(id))
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: RuntimeCommand([]))
            }
            #expect(error?.code == .noCommand && ProcessTable.isAlive(first.runtime.process))
            let up = await ChildProcess.run([Products.command, "workspace", "up", "blue", "--root", sandbox.root])
            #expect(up.code == 66 && up.output.contains("--command"), "\(up.output)")
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 2)
            #expect(!sandbox.hadOverlap)
        }
    }

    @Test("After a lost record a stop still ends what lives")
    func stopWithCorruptRecord() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            Sandbox.write("garbage", to: sandbox.directory.journal(id))
            _ = try await lifecycle.stop(id)
            #expect(sandbox.processes().isEmpty)
            #expect(sandbox.record(id)?.phase == .absent)
        }
    }

    @Test("A leftover that can't be removed is named before anything happens", arguments: ["journal.tmp", "report.9"])
    func stubbornLeftover(name: String) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try await lifecycle.create(id)
            let path = sandbox.directory.workspace(id) + "/" + name
            mkdir(path, 0o700)
            let error = await sandbox.refusal(id)
            #expect(error?.code == .storage && error?.message.contains(path) == true, "\(String(describing: error))")
            #expect(sandbox.record(id)?.generation == 0 && sandbox.censusLines().isEmpty)
            rmdir(path)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 1)
        }
    }

    @Test("A full disk refuses a start, spawns nothing and loses nothing")
    func fullDisk() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await sandbox.lifecycle().create(id)
            let before = Sandbox.read(sandbox.directory.journal(id))
            let full = await sandbox.act("getOrStart", on: id, ["--file-size-limit", "10"])
            #expect(full.output.contains("error storage") && full.output.contains("Free space"), "\(full.output)")
            #expect(Sandbox.read(sandbox.directory.journal(id)) == before)
            #expect(sandbox.censusLines().isEmpty)
            #expect(await sandbox.act("getOrStart", on: id).output.contains("started=true"))
        }
    }

    @Test("A stop that can't be recorded ends what runs, says so, and the next start finds out")
    func fullDiskStop() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            let full = await sandbox.act("stop", on: id, ["--file-size-limit", "10"])
            #expect(full.output.contains("error endNotRecorded Everything of generation 1"), "\(full.output)")
            #expect(sandbox.processes().isEmpty && sandbox.record(id)?.phase == .running)
            #expect(await sandbox.act("getOrStart", on: id).output.contains("started=true generation=2"))
        }
    }

    @Test("Readers take no lock and delete nothing, also while a verb is under way")
    func readersChangeNothing() async throws {
        try await Sandbox.with { sandbox in
            let (id, spawned) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .committed { spawned.resolve(()) }
            })
            let start = Task { try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "200")) }
            try await spawned.waitUnlessCancelled()
            let before = Set(ProcessTable.names(in: sandbox.directory.workspace(id)))
            #expect(try await lifecycle.status(id)?.phase == .starting)
            #expect(try await lifecycle.list().map(\.id) == [id])
            let explanation = try await lifecycle.explain(id)
            #expect(explanation.gateHolder?.verb == .getOrStart)
            #expect(explanation.lockHolder?.process.pid == getpid())
            #expect(explanation.sentences.contains { $0.contains("under way") })
            #expect(Set(ProcessTable.names(in: sandbox.directory.workspace(id))) == before)
            #expect(try await start.value.isStarted)
        }
    }

    @Test("A workspace whose journal can't be read is listed as failed and says why")
    func unreadable() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try await lifecycle.create(id)
            unlink(sandbox.directory.journal(id))
            symlink("/nowhere", sandbox.directory.journal(id))
            let status = try #require(try await lifecycle.list().first)
            #expect(status.phase == .failed && status.reason?.contains("symbolicLink") == true)
        }
    }

    @Test("Reading a workspace that was never created makes no file")
    func readersCreateNothing() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            #expect(try await lifecycle.status(id) == nil)
            #expect(try await lifecycle.list().isEmpty)
            #expect(try await lifecycle.explain(id).sentences == ["Workspace blue was never created."])
            #expect(access(sandbox.root, F_OK) != 0)
        }
    }
}

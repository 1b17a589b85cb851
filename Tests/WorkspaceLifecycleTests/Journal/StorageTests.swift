import Glibc
import Testing

@testable import WorkspaceLifecycle

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
            Self.write(contents, to: sandbox.directory.journal(id))
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
            Self.write("", to: sandbox.directory.report(id, .max))
            #expect(try await lifecycle.status(id)?.phase == .failed)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 1)
        }
    }

    @Test("After a lost record a stop still ends what lives")
    func stopWithCorruptRecord() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            Self.write("garbage", to: sandbox.directory.journal(id))
            _ = try await lifecycle.stop(id)
            #expect(sandbox.processes().isEmpty)
            #expect(sandbox.record(id)?.phase == .absent)
        }
    }

    @Test("State is private: directories 0700, files 0600")
    func modes() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = try await sandbox.lifecycle().getOrStart(id, command: sandbox.command())
            let (directory, root) = (sandbox.directory, sandbox.root)
            for path in [root, directory.locks, directory.workspaces, directory.workspace(id)] {
                #expect(Self.mode(path) == 0o700)
            }
            let names = ProcessTable.names(in: directory.workspace(id)).map { directory.workspace(id) + "/" + $0 }
            for path in names + [directory.lockFile(id)] { #expect(Self.mode(path) == 0o600, "\(path)") }
        }
    }

    @Test(
        "A symbolic link is not followed, wherever it stands",
        arguments: ["", "/locks", "/workspaces", "/workspaces/blue"]
    )
    func directoryLink(place: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let elsewhere = sandbox.path + "/elsewhere"
            mkdir(elsewhere, 0o700)
            if !place.isEmpty { try sandbox.directory.prepareRoot() }
            if !place.isEmpty && place != "/workspaces/blue" { rmdir(sandbox.root + place) }
            symlink(elsewhere, sandbox.root + place)
            let error = await Self.refusal(sandbox, id)
            #expect(error?.code == .symbolicLink, "\(String(describing: error))")
            #expect(error?.message.contains(sandbox.root + place) == true)
            #expect(ProcessTable.names(in: elsewhere).isEmpty)
        }
    }

    @Test(
        "A link in place of a file is not followed",
        arguments: ["journal", "life.lock", "runtime.log", "report.1", "lock"]
    )
    func fileLink(name: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try sandbox.directory.prepareRoot()
            try sandbox.directory.prepare(id)
            let victim = sandbox.path + "/victim"
            Self.write("precious", to: victim)
            symlink(
                victim,
                name == "lock" ? sandbox.directory.lockFile(id) : sandbox.directory.workspace(id) + "/" + name
            )
            let error = await Self.refusal(sandbox, id)
            // A leftover report is removed as a leftover: the link goes, its target stays.
            #expect(name == "report.1" ? error == nil || error?.code == .symbolicLink : error?.code == .symbolicLink)
            #expect(Self.read(victim) == "precious")
        }
    }

    @Test("A directory that others may write is refused with the remedy")
    func writableByOthers() async throws {
        try await Sandbox.with { sandbox in
            mkdir(sandbox.root, 0o777)
            chmod(sandbox.root, 0o777)
            let error = await Self.refusal(sandbox, try WorkspaceID("blue"))
            #expect(error?.code == .ownership)
            #expect(error?.message.contains("chmod") == true)
        }
    }

    @Test(
        "A lock directory or file of another user is refused",
        .enabled(if: geteuid() == 0, "needs the right to give files away"),
        arguments: ["/locks", "/locks/blue.lock", "/workspaces/blue/journal"]
    )
    func otherOwner(place: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await sandbox.lifecycle().create(id)
            chown(sandbox.root + place, 12345, 12345)
            let error = await Self.refusal(sandbox, id)
            #expect(error?.code == .ownership)
            #expect(error?.message.contains(sandbox.root + place) == true && error?.message.contains("12345") == true)
        }
    }

    @Test("A file where a directory belongs is named")
    func fileInTheWay() async throws {
        try await Sandbox.with { sandbox in
            Self.write("", to: sandbox.root)
            let error = await Self.refusal(sandbox, try WorkspaceID("blue"))
            #expect(error?.code == .storage && error?.message.contains(sandbox.root) == true)
        }
    }

    @Test(
        "Where the state directory is no directory, or a link, readers say so too, and do not say that there is nothing",
        arguments: [false, true]
    )
    func readersOfOddRoots(isLink: Bool) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            if isLink {
                mkdir(sandbox.path + "/elsewhere", 0o700)
                symlink(sandbox.path + "/elsewhere", sandbox.root)
            } else {
                Self.write("", to: sandbox.root)
            }
            let code: LifecycleError.Code = isLink ? .symbolicLink : .storage
            let errors = [
                await #expect(throws: LifecycleError.self) { _ = try await lifecycle.list() },
                await #expect(throws: LifecycleError.self) { _ = try await lifecycle.status(id) },
                await #expect(throws: LifecycleError.self) { _ = try await lifecycle.explain(id) },
            ]
            #expect(errors.allSatisfy { $0?.code == code && $0?.message.contains(sandbox.root) == true }, "\(errors)")
        }
    }

    @Test("A leftover that can't be removed is named before anything happens", arguments: ["journal.tmp", "report.9"])
    func stubbornLeftover(name: String) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            try await lifecycle.create(id)
            let path = sandbox.directory.workspace(id) + "/" + name
            mkdir(path, 0o700)
            let error = await Self.refusal(sandbox, id)
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
            let before = Self.read(sandbox.directory.journal(id))
            let full = await sandbox.act("getOrStart", on: id, ["--file-size-limit", "10"])
            #expect(full.output.contains("error storage") && full.output.contains("Free space"), "\(full.output)")
            #expect(Self.read(sandbox.directory.journal(id)) == before)
            #expect(sandbox.censusLines().isEmpty)
            #expect(await sandbox.act("getOrStart", on: id).output.contains("started=true"))
        }
    }

    @Test("A full disk refuses a stop before anything is signalled, and a later stop works")
    func fullDiskStop() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            let full = await sandbox.act("stop", on: id, ["--file-size-limit", "10"])
            #expect(full.output.contains("error storage"), "\(full.output)")
            #expect(sandbox.runtimes().count == 1)
            #expect(await sandbox.act("stop", on: id).output.contains("stopped"))
        }
    }

    @Test("Readers take no lock and delete nothing, also while a verb is under way")
    func readersChangeNothing() async throws {
        try await Sandbox.with { sandbox in
            let (id, spawned) = (try WorkspaceID("blue"), Answer<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .committed { spawned.settle(.success(())) }
            })
            let start = Task { try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "200")) }
            try await spawned.value()
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

    @Test("Reading what never was makes no file")
    func readersCreateNothing() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            #expect(try await lifecycle.status(id) == nil)
            #expect(try await lifecycle.list().isEmpty)
            #expect(try await lifecycle.explain(id).sentences == ["Workspace blue was never created."])
            #expect(access(sandbox.root, F_OK) != 0)
        }
    }

    // MARK: Files

    private static func refusal(_ sandbox: Sandbox, _ id: WorkspaceID) async -> LifecycleError? {
        do {
            _ = try await sandbox.lifecycle().getOrStart(id, command: sandbox.command())
            return nil
        } catch { return error as? LifecycleError }
    }

    private static func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private static func write(_ text: String, to path: String) {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = OwnedDescriptor(number).writeAll(Array(text.utf8))
    }

    private static func read(_ path: String) -> String {
        let number = open(path, O_RDONLY)
        return OwnedDescriptor(number).readAll(limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

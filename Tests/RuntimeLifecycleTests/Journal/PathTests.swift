import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("Files with a wrong owner, and files of a wrong kind", .timeLimit(.minutes(5)))
struct PathTests {
    @Test("State is private: directories 0700, files 0600")
    func modes() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = try await sandbox.lifecycle().getOrStart(id, command: sandbox.command())
            let (directory, root) = (sandbox.directory, sandbox.root)
            for path in [root, directory.locks, directory.workspaces, directory.workspace(id)] {
                #expect(Sandbox.mode(path) == 0o700)
            }
            let names = ProcessTable.names(in: directory.workspace(id)).map { directory.workspace(id) + "/" + $0 }
            for path in names + [directory.lockFile(id)] { #expect(Sandbox.mode(path) == 0o600, "\(path)") }
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
            let error = await sandbox.refusal(id)
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
            Sandbox.write("precious", to: victim)
            symlink(
                victim,
                name == "lock" ? sandbox.directory.lockFile(id) : sandbox.directory.workspace(id) + "/" + name
            )
            let error = await sandbox.refusal(id)
            // A leftover report is removed: the link is deleted, but not its target.
            #expect(name == "report.1" ? error == nil || error?.code == .symbolicLink : error?.code == .symbolicLink)
            #expect(Sandbox.read(victim) == "precious")
        }
    }

    @Test("A directory that others may write is refused with the remedy")
    func writableByOthers() async throws {
        try await Sandbox.with { sandbox in
            mkdir(sandbox.root, 0o777)
            chmod(sandbox.root, 0o777)
            let error = await sandbox.refusal(try WorkspaceID("blue"))
            #expect(error?.code == .ownership)
            #expect(error?.message.contains("chmod") == true)
        }
    }

    @Test(
        "A lock directory or file of another user is refused",
        .enabled(if: geteuid() == 0, "needs the right to give files away"),
        arguments: ["/locks", "/locks/blue.lock", "/workspaces/blue/journal", "/workspaces/blue/life.lock"]
    )
    func otherOwner(place: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await sandbox.lifecycle().create(id)
            chown(sandbox.root + place, 12345, 12345)
            let error = await sandbox.refusal(id)
            #expect(error?.code == .ownership)
            #expect(error?.message.contains(sandbox.root + place) == true && error?.message.contains("12345") == true)
        }
    }

    @Test(
        "A file that others may write is refused",
        arguments: ["/locks/blue.lock", "/workspaces/blue/journal", "/workspaces/blue/life.lock"]
    )
    func fileWritableByOthers(place: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await sandbox.lifecycle().create(id)
            chmod(sandbox.root + place, 0o666)
            let error = await sandbox.refusal(id)
            #expect(error?.code == .ownership)
            #expect(error?.message.contains(sandbox.root + place) == true)
        }
    }

    @Test("A file where a directory belongs is named")
    func fileInTheWay() async throws {
        try await Sandbox.with { sandbox in
            Sandbox.write("", to: sandbox.root)
            let error = await sandbox.refusal(try WorkspaceID("blue"))
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
                Sandbox.write("", to: sandbox.root)
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
}

import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Disks that are read-only or full", .timeLimit(.minutes(5)))
struct DiskTests {
    private static let mounting = ConditionTrait.enabled(
        "needs the right to mount a tmpfs in a namespace of its own",
        MountedDisk.isAvailable
    )

    private func bytes(_ disk: MountedDisk) throws -> [UInt8] {
        let number = open(disk.directory.journal(try WorkspaceID("blue")), O_RDONLY | O_CLOEXEC)
        try #require(number >= 0)
        return OwnedDescriptor(number).readAll(limit: 1 << 20) ?? []
    }

    private func expect(_ result: ChildProcess, _ words: String..., location: SourceLocation = #_sourceLocation) {
        for word in words { #expect(result.output.contains(word), "\(result.output)", sourceLocation: location) }
    }

    @Test(
        "Where a part of the state is read-only, what runs is shown and not restarted, and a stop ends it and says so",
        Self.mounting,
        arguments: ["", "/locks", "/workspaces", "/workspaces/blue"]
    )
    func readOnlyWhileRunning(place: String) async throws {
        try await MountedDisk.with("size=1m") { disk in
            self.expect(await disk.act("getOrStart"), "started=true generation=1")
            let before = try self.bytes(disk)
            try await disk.makeReadOnly(place)
            let root = disk.sandbox.root
            if place != "/locks" {
                self.expect(await disk.act("restart"), "error storage", root + place + "/", "Read-only", "writable")
            }
            self.expect(await disk.act("status"), "status running")
            #expect(try self.bytes(disk) == before && disk.sandbox.runtimes().count == 1)
            // Locking does not write the lock file. So a stop is still recorded.
            let words = place == "/locks" ? ["stopped"] : ["error endNotRecorded", root + place + "/", "Read-only"]
            let stop = await disk.act("stop")
            for word in words { self.expect(stop, word) }
            #expect(disk.sandbox.runtimes().isEmpty)
            try await disk.makeWritable(place)
            self.expect(await disk.act("getOrStart"), "started=true generation=2")
            self.expect(await disk.act("stop"), "stopped")
            #expect(!disk.sandbox.hadOverlap)
        }
    }

    @Test(
        "A single file that is read-only is named, nothing is started, and later it is",
        Self.mounting,
        arguments: [
            "/workspaces/blue/journal", "/workspaces/blue/life.lock", "/workspaces/blue/runtime.log",
        ]
    )
    func readOnlyFile(place: String) async throws {
        try await MountedDisk.with("size=1m") { disk in
            self.expect(await disk.act("getOrStart"), "started=true")
            self.expect(await disk.act("stop"), "stopped")
            try await disk.makeReadOnly(place)
            self.expect(await disk.act("getOrStart"), "error storage", disk.sandbox.root + place)
            #expect(disk.sandbox.runtimes().isEmpty && disk.sandbox.censusLines().count == 1)
            try await disk.makeWritable(place)
            self.expect(await disk.act("getOrStart"), "started=true")
            #expect(!disk.sandbox.hadOverlap)
        }
    }

    @Test("On a disk that was never written a start says which directory can't be made", Self.mounting)
    func readOnlyFromTheStart() async throws {
        try await MountedDisk.with("size=1m") { disk in
            try await disk.makeReadOnly("")
            self.expect(await disk.act("getOrStart"), "error storage", disk.sandbox.root + "/locks", "writable")
            self.expect(await disk.act("status"), "status none")
            try await disk.makeWritable("")
            self.expect(await disk.act("getOrStart"), "started=true generation=1")
        }
    }

    /// Fills the disk while `body` runs, which must not change the record.
    private func withFull(
        _ disk: MountedDisk,
        _ resource: MountedDisk.Resource,
        _ body: () async throws -> Void
    ) async throws {
        let before = try self.bytes(disk)
        try await disk.fill(resource)
        try await body()
        #expect(try self.bytes(disk) == before)
        try await disk.free()
    }

    @Test(
        "A full disk refuses a start before anything is spawned, loses nothing, and with space again it starts",
        Self.mounting,
        arguments: [MountedDisk.Resource.bytes, .files]
    )
    func fullBeforeStart(resource: MountedDisk.Resource) async throws {
        try await MountedDisk.with("size=64k,nr_inodes=32") { disk in
            self.expect(await disk.act("create"), "created")
            try await self.withFull(disk, resource) {
                for verb in ["getOrStart", "restart"] {
                    let result = await disk.act(verb)
                    self.expect(result, "error storage", disk.sandbox.root + "/workspaces/blue/", "Free space")
                }
                #expect(disk.sandbox.censusLines().isEmpty)
                let names = ProcessTable.names(in: disk.directory.workspace(try WorkspaceID("blue")))
                #expect(!names.contains("journal.tmp"))
                self.expect(await disk.act("status"), "status absent")
            }
            self.expect(await disk.act("getOrStart"), "started=true generation=1")
        }
    }

    @Test(
        "On a full disk what runs is found, a restart is refused and a stop is recorded: room for it was kept",
        Self.mounting,
        arguments: [MountedDisk.Resource.bytes, .files]
    )
    func fullWhileRunning(resource: MountedDisk.Resource) async throws {
        try await MountedDisk.with("size=64k,nr_inodes=32") { disk in
            self.expect(await disk.act("getOrStart"), "started=true")
            try await disk.fill(resource)
            self.expect(await disk.act("getOrStart"), "started=false generation=1")
            self.expect(await disk.act("restart"), "error storage", "Free space")
            self.expect(await disk.act("status"), "status running")
            #expect(disk.sandbox.runtimes().count == 1)
            self.expect(await disk.act("stop"), "stopped")
            self.expect(await disk.act("status"), "status absent")
            #expect(disk.sandbox.runtimes().isEmpty)
            self.expect(await disk.act("getOrStart"), "error storage", "Free space")
            try await disk.free()
            self.expect(await disk.act("getOrStart"), "started=true generation=2")
            // The names are swapped: the file that was the reserve is now the record, and is replaced as usual.
            self.expect(await disk.act("stop"), "stopped")
        }
    }

    @Test(
        "Where a runtime's own output fills the disk, the verb that replaces it empties its log and starts the next",
        Self.mounting,
        arguments: ["restart", "getOrStart"]
    )
    func fullOfOutput(verb: String) async throws {
        try await MountedDisk.with("size=64k") { disk in
            self.expect(await disk.act("getOrStart"), "started=true generation=1")
            try await disk.fillLog()
            // A start replaces a runtime that does not answer.
            if verb == "getOrStart" { for pid in disk.sandbox.runtimes() { kill(pid, SIGSTOP) } }
            self.expect(await disk.act(verb), "generation\(verb == "restart" ? ": " : "=")2")
            #expect(disk.sandbox.runtimes().count == 1 && !disk.sandbox.hadOverlap)
            #expect(try Sandbox.read(disk.directory.log(WorkspaceID("blue"))).utf8.count < 4096)
        }
    }

    @Test("The log of a runtime that ended by itself, or was stopped, is not emptied for a start", Self.mounting)
    func keepsOutput() async throws {
        try await MountedDisk.with("size=64k") { disk in
            self.expect(await disk.act("getOrStart"), "started=true generation=1")
            try await disk.fillLog()
            let size = try Sandbox.read(disk.directory.log(WorkspaceID("blue"))).utf8.count
            for pid in disk.sandbox.runtimes() { kill(pid, SIGKILL) }
            self.expect(await disk.act("getOrStart"), "error storage", "Free space")
            self.expect(await disk.act("stop"), "")
            self.expect(await disk.act("restart"), "error storage", "Free space")
            #expect(try Sandbox.read(disk.directory.log(WorkspaceID("blue"))).utf8.count == size && size > 0)
        }
    }

    @Test("On a full disk a start finds what runs also when it can't record that the budget is fresh", Self.mounting)
    func fullWithBudgetUsedUp() async throws {
        try await MountedDisk.with("size=64k,nr_inodes=32") { disk in
            self.expect(await disk.act("getOrStart"), "started=true")
            for (generation, answer) in [("1", "restarted generation=2"), ("2", "gaveUp")] {
                self.expect(await disk.act("complain", ["--generation", generation, "--attempts", "1"]), answer)
            }
            try await self.withFull(disk, .bytes) {
                self.expect(await disk.act("getOrStart"), "started=false generation=2")
            }
            self.expect(await disk.act("getOrStart"), "started=false generation=2")
            let complaint = await disk.act("complain", ["--generation", "2", "--attempts", "1"])
            self.expect(complaint, "restarted generation=3")
        }
    }

    /// A runtime that fills the disk before it reports.
    private func filling(_ disk: MountedDisk, _ flags: String) -> [String] {
        let runtime = "\(Products.fakeRuntime) --census \(disk.sandbox.census) \(flags)"
        return ["/bin/sh", "-c", "head -c 16m /dev/zero > \(disk.sandbox.root)/ballast; exec \(runtime)"]
    }

    @Test("A disk that fills up during a start fails it, which is recorded, and the next start works", Self.mounting)
    func fillsDuringStart() async throws {
        try await MountedDisk.with("size=64k") { disk in
            let id = try WorkspaceID("blue")
            let flags = ["--readiness-limit", "400"]
            let arguments = disk.sandbox.actor("getOrStart", id, flags, runtime: self.filling(disk, ""))
            let result = await disk.run(arguments)
            self.expect(result, "error notReady", "wrote no report")
            #expect(disk.sandbox.runtimes().isEmpty)
            // The record of this end had reserved space.
            self.expect(await disk.act("status"), "status failed")
            try await disk.free()
            self.expect(await disk.act("getOrStart"), "started=true generation=2")
            #expect(!disk.sandbox.hadOverlap)
        }
    }

    @Test(
        "A runtime that is ready on a disk that has filled up lives, is named by the error, and is adopted",
        Self.mounting
    )
    func fillsBeforeReady() async throws {
        try await MountedDisk.with("size=64k") { disk in
            let port = try #require(FreePort.find())
            let up = ["workspace", "up", "blue", "--root", disk.sandbox.root, "--endpoint", "http://127.0.0.1:\(port)"]
            let runtime = self.filling(disk, "--silent --port \(port)")
            let result = await disk.run([Products.command] + up + ["--command"] + runtime)
            #expect(result.code == 74)
            self.expect(result, "journal.tmp", "Free space")
            #expect(disk.sandbox.runtimes().count == 1)
            try await disk.free()
            let again = await disk.run([Products.command] + up + ["--format", "json"])
            self.expect(again, "\"generation\":1", "\"started\":false")
            #expect(disk.sandbox.censusLines().count == 1)
        }
    }
}

import Foundation
import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

/// A small disk under the state directory of a sandbox: a tmpfs in a private mount namespace.
///
/// Only processes in that namespace see it, and it ends with the last of them. So nothing stays mounted, even if the
/// test fails. A sleeping process keeps the namespace; the sandbox's guard finds it by its arguments.
struct MountedDisk: Sendable {
    let sandbox: Sandbox
    private let keeper: Int32

    /// Whether this user may mount: as root, or as root of a user namespace if those are allowed.
    static func isAvailable() async -> Bool {
        let mount = ["mount", "-t", "tmpfs", "tmpfs", "/tmp"]
        return await ChildProcess.run(["/usr/bin/env", "unshare"] + self.unsharing + mount).code == 0
    }

    /// Runs `body` with a disk mounted with these options of tmpfs, `size=64k` for example.
    static func with(_ options: String, _ body: (MountedDisk) async throws -> Void) async throws {
        try await Sandbox.with { sandbox in
            mkdir(sandbox.root, 0o700)
            let script = "mount -t tmpfs -o mode=700,\(options) tmpfs \(sandbox.root) && echo $$ && exec sleep 600"
            let keeper = try RunningProgram.start(
                URL(filePath: "/usr/bin/env"),
                ["unshare"] + self.unsharing + ["/bin/sh", "-c", script]
            )
            defer { keeper.end() }
            let number = try #require(Int32(try await keeper.line(0)))
            try await body(MountedDisk(sandbox: sandbox, keeper: number))
        }
    }

    /// The state directory for the test, through the process that keeps the namespace.
    var directory: StateDirectory { StateDirectory(root: "/proc/\(self.keeper)/root\(self.sandbox.root)") }

    /// Runs a program to its end in the namespace of the disk.
    func run(_ arguments: [String]) async -> ChildProcess {
        let entering = geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--preserve-credentials"]
        let nsenter = ["/usr/bin/env", "nsenter", "--target", String(self.keeper)] + entering
        return await ChildProcess.run(nsenter + ["--"] + arguments)
    }

    /// Runs a shell script in the state directory.
    func shell(_ script: String) async throws {
        let result = await self.run(["/bin/sh", "-c", "cd \(self.sandbox.root) && \(script)"])
        try #require(result.code == 0, "\(script): \(result.output)")
    }

    /// Runs a verb on the workspace `blue` in a separate process.
    func act(_ verb: String, _ flags: [String] = []) async -> ChildProcess {
        guard let id = try? WorkspaceID("blue") else { return ChildProcess(code: 64, output: "") }
        return await self.run(self.sandbox.actor(verb, id, flags))
    }

    // MARK: States of a disk

    /// Makes a file or directory read-only by mounting it over itself.
    func makeReadOnly(_ place: String) async throws {
        let path = self.sandbox.root + place
        try await self.shell("mount --bind \(path) \(path) && mount -o remount,bind,ro \(path)")
    }

    func makeWritable(_ place: String) async throws {
        try await self.shell("cd / && umount \(self.sandbox.root + place)")
    }

    /// The resources that can be used up.
    enum Resource: String, Sendable { case bytes, files }

    /// Writes until the disk is full.
    func fill(_ resource: Resource) async throws {
        switch resource {
        case .bytes: try await self.shell("! head -c 16m /dev/zero 2>/dev/null > ballast")
        case .files: try await self.shell("mkdir ballast; while touch ballast/$((n=n+1)) 2>/dev/null; do :; done")
        }
    }

    /// Makes the log of the runtime fill the disk, as the output of the runtime would.
    func fillLog() async throws {
        try await self.shell("! head -c 16m /dev/zero 2>/dev/null >> workspaces/blue/runtime.log")
    }

    func free() async throws { try await self.shell("rm -r ballast") }

    private static var unsharing: [String] { geteuid() == 0 ? ["--mount"] : ["--mount", "--map-root-user"] }
}

import Glibc
import Logging
import RuntimeReadiness
import Testing

@testable import RuntimeLifecycle

/// A separate directory for one test, and all processes that use it.
///
/// Every process of a test has the path of the directory in its arguments. So the guard finds all of them, even after a
/// failed assertion or a crash. The guard runs before the body begins.
struct Sandbox: Sendable {
    let path: String

    var root: String { self.path + "/state" }
    var census: String { self.path + "/census" }
    var section: String { self.path + "/section" }
    var directory: StateDirectory { StateDirectory(root: self.root) }

    /// Runs `body`, then ends its processes and removes its files; checks that nothing is left.
    static func with(_ body: (Sandbox) async throws -> Void) async throws {
        try await self.turnstile.pass { try await self.run(body) }
    }

    /// Limits the tests that start processes, because a hundred at once would measure the machine and not the module.
    private static let turnstile = Turnstile(width: 4)

    private static func run(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = Sandbox(path: self.makeDirectory())
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(sandbox)) } catch { outcome = .failure(error) }
        await sandbox.clean()
        #expect(sandbox.processes().isEmpty, "processes are left")
        #expect(access(sandbox.path, F_OK) != 0, "files are left")
        try outcome.get()
    }

    private static func makeDirectory() -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/wsl-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, mkdtemp(base) != nil else { return "/nonexistent" }
            return String(cString: base)
        }
    }

    /// The live processes with this directory in their arguments or environment, except the test itself.
    func processes() -> [Int32] {
        ProcessTable.all().filter { !$0.hasEnded && $0.pid != getpid() && self.belongs($0.pid) }.map(\.pid)
    }

    /// The live runtimes, with any starter.
    func runtimes() -> [Int32] {
        self.processes().filter { Self.arguments($0).first == Products.fakeRuntime }
    }

    private func belongs(_ pid: Int32) -> Bool {
        Self.arguments(pid).contains { $0.hasPrefix(self.path) }
            || ProcessTable.hasEnvironment(pid, "SANDBOX=\(self.path)") || self.holdsLife(pid)
    }

    /// Whether a process holds the life lock; then it belongs to the runtime, with any name.
    private func holdsLife(_ pid: Int32) -> Bool {
        ProcessTable.names(in: self.directory.workspaces).contains { name in
            guard let file = FileIdentity.of("\(self.directory.workspaces)/\(name)/life.lock") else { return false }
            return LifeLock.isHeld(file, by: pid)
        }
    }

    private static func arguments(_ pid: Int32) -> [String] {
        let number = open("/proc/\(pid)/cmdline", O_RDONLY | O_CLOEXEC)
        guard number >= 0, let bytes = OwnedDescriptor(number).readAll(limit: 1 << 16) else { return [] }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private func clean() async {
        for _ in 0..<500 {
            let processes = self.processes()
            if processes.isEmpty { break }
            for pid in processes { kill(pid, SIGKILL) }
            await BlockingThread.run { _ = usleep(2000) }
        }
        Self.remove(self.path)
    }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            chmod(path, 0o700)
            for name in ProcessTable.names(in: path) { self.remove(path + "/" + name) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}

// MARK: - Runtimes and lifecycles

extension Sandbox {
    /// The fake runtime with flags; it uses the census of this sandbox.
    func command(_ flags: String...) -> RuntimeCommand { self.command(flags) }

    func command(_ flags: [String]) -> RuntimeCommand {
        var command = RuntimeCommand([Products.fakeRuntime, "--census", self.census] + flags)
        command.environment = ["PATH": "/usr/bin:/bin", "SANDBOX": self.path]
        return command
    }

    /// A lifecycle with short limits.
    func lifecycle(
        _ change: (inout LifecycleConfiguration) -> Void = { _ in },
        clock: any LifecycleClock = SystemClock(),
        probe: (any ReadinessProbe)? = HealthProbe(),
        observer: @escaping @Sendable (WorkspaceID, LifecycleStep, ProcessIdentity?) -> Void = { _, _, _ in }
    ) throws -> WorkspaceLifecycle {
        var configuration = LifecycleConfiguration(root: self.root)
        configuration.gracePeriod = .milliseconds(300)
        configuration.readinessTimeout = .seconds(20)
        configuration.adoptionTimeout = .seconds(2)
        configuration.probe = probe
        change(&configuration)
        return try WorkspaceLifecycle(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock,
            observer: observer
        )
    }

    /// The lines of the census: one for each runtime so far, and `OVERLAP` for each that was not alone.
    func censusLines() -> [String] { self.lines(of: self.census + ".log") }

    func lines(of path: String) -> [String] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0, let bytes = OwnedDescriptor(number).readAll(limit: 1 << 20) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether two runtimes have lived at the same time.
    var hadOverlap: Bool { self.censusLines().contains { $0.hasPrefix("OVERLAP") } }

    /// The record of a workspace, if it is valid.
    func record(_ id: WorkspaceID) -> JournalRecord? {
        guard case .record(let record)? = try? Journal(directory: self.directory, id: id).read() else { return nil }
        return record
    }

    /// Runs a verb in a separate process.
    func act(
        _ verb: String,
        on id: WorkspaceID,
        _ flags: [String] = [],
        command: [String] = [],
        killedAfter: UInt32? = nil
    ) async -> ChildProcess {
        await ChildProcess.run(
            self.actor(verb, id, flags, runtime: self.command(command).arguments),
            killedAfter: killedAfter
        )
    }

    /// The command line that runs a verb in a separate process.
    func actor(_ verb: String, _ id: WorkspaceID, _ flags: [String], runtime: [String]? = nil) -> [String] {
        let arguments = [Products.actor, "--root", self.root, "--id", id.description, "--verb", verb] + flags
        return arguments + ["--"] + (runtime ?? self.command().arguments)
    }
}

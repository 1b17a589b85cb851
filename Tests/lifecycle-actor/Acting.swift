import Glibc
import Logging
import WorkspaceLifecycle

/// Drives the real entry points as the flags say.
struct Acting {
    private let options: Options

    init(_ options: Options) { self.options = options }

    func run() async throws -> String {
        self.limitFileSize()
        let lifecycle = try self.lifecycle()
        let id = try WorkspaceID(self.options.value("--id") ?? "")
        let line = try await self.perform(lifecycle, id)
        await lifecycle.drain()
        return line
    }

    private func lifecycle() throws -> WorkspaceLifecycle {
        var configuration = LifecycleConfiguration(root: self.options.value("--root") ?? "")
        configuration.gracePeriod = .milliseconds(500)
        configuration.readinessLimit = .seconds(10)
        configuration.adoptionLimit = .seconds(2)
        configuration.lockLimit = .seconds(60)
        configuration.protections = self.protections()
        let killAt = self.options.value("--kill-at").flatMap(Step.init(rawValue:))
        let killRuntimeAt = self.options.value("--kill-runtime-at").flatMap(Step.init(rawValue:))
        let section = Section(self.options.value("--section"))
        return try WorkspaceLifecycle(
            configuration: configuration,
            probe: HTTPReadinessProbe(),
            logger: Logger(label: "actor") { _ in SwiftLogNoOpLogHandler() },
            clock: SystemClock()
        ) { _, step, process in
            if step == .lockTaken { section.enter() }
            if step == .settled { section.leave() }
            if step == killAt { kill(getpid(), SIGKILL) }
            if step == killRuntimeAt, let process { kill(process.pid, SIGKILL) }
        }
    }

    private func perform(_ lifecycle: WorkspaceLifecycle, _ id: WorkspaceID) async throws -> String {
        var command = RuntimeCommand(self.options.command)
        command.environment = ["PATH": "/usr/bin:/bin"]
        switch self.options.value("--verb") {
        case "getOrStart": return self.line(try await lifecycle.getOrStart(id, command: command))
        case "start": return self.line(try await lifecycle.start(id, command: command))
        case "stop": return "stopped \(try await lifecycle.stop(id))"
        case "restart": return "restarted \(try await lifecycle.restart(id, command: command))"
        case "recover": return "recovered \(try await lifecycle.recover(id)?.generation ?? 0)"
        case "create":
            try await lifecycle.create(id)
            return "created"
        case "delete":
            try await lifecycle.delete(id)
            return "deleted"
        case "status": return "status \(try await lifecycle.status(id)?.phase.rawValue ?? "none")"
        default: return "error usage"
        }
    }

    private func line(_ outcome: StartOutcome) -> String {
        let runtime = outcome.runtime
        return "running started=\(outcome.isStarted) generation=\(runtime.generation) pid=\(runtime.process.pid) "
            + "endpoint=\(runtime.endpoint)"
    }

    private func protections() -> Protections {
        var protections = Protections.all
        for name in (self.options.value("--without") ?? "").split(separator: ",") {
            switch name {
            case "gate": protections.remove(.gate)
            case "lock": protections.remove(.startLock)
            case "inspection": protections.remove(.inspection)
            case "life": protections.remove(.lifeLock)
            default: break
            }
        }
        return protections
    }

    /// A disk that is full, as far as this process can tell.
    private func limitFileSize() {
        guard let bytes = self.options.value("--file-size-limit").flatMap({ rlim_t($0) }) else { return }
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
}

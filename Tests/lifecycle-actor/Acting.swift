import Glibc
import Logging
import RuntimeLifecycle
import RuntimeReadiness

/// Calls the real API as the flags say.
struct Acting {
    private let options: Options

    init(_ options: Options) { self.options = options }

    func run() async throws -> String {
        self.limitFileSize()
        self.burden()
        let lifecycle = try self.lifecycle()
        let id = try WorkspaceID(self.options.value("--id") ?? "")
        let line = try await self.perform(lifecycle, id)
        await lifecycle.drain()
        return line
    }

    private func lifecycle() throws -> WorkspaceLifecycle {
        var configuration = LifecycleConfiguration(root: self.options.value("--root") ?? "")
        configuration.gracePeriod = .milliseconds(500)
        configuration.readinessTimeout = self.milliseconds("--readiness-limit") ?? .seconds(10)
        configuration.adoptionTimeout = .seconds(2)
        configuration.lockTimeout = self.milliseconds("--lock-limit") ?? .seconds(60)
        configuration.restarts = self.restarts()
        configuration.probe = HealthProbe()
        let killAt = self.options.value("--kill-at").flatMap(LifecycleStep.init(rawValue:))
        let killRuntimeAt = self.options.value("--kill-runtime-at").flatMap(LifecycleStep.init(rawValue:))
        let section = Section(self.options.value("--section"))
        return try WorkspaceLifecycle(
            configuration: configuration,
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
        case "markFailed":
            return "marked \(try await lifecycle.markFailed(id, generation: self.generation, reason: ""))"
        case "complain": return "complained \(try await self.complain(lifecycle, id, command))"
        case "status": return "status \(try await lifecycle.status(id)?.phase.rawValue ?? "none")"
        default: return "error usage"
        }
    }

    private func complain(
        _ lifecycle: WorkspaceLifecycle,
        _ id: WorkspaceID,
        _ command: RuntimeCommand
    ) async throws -> String {
        switch try await lifecycle.reportUnhealthy(id, generation: self.generation, command: command) {
        case .restarted(let runtime): "restarted generation=\(runtime.generation)"
        case .superseded: "superseded"
        case .notNeeded: "notNeeded"
        case .gaveUp: "gaveUp"
        }
    }

    /// The generation that is reported as unhealthy or marked as failed.
    private var generation: UInt64 { self.options.value("--generation").flatMap { UInt64($0) } ?? 1 }

    private func milliseconds(_ flag: String) -> Duration? {
        self.options.value(flag).flatMap { Int($0) }.map { .milliseconds($0) }
    }

    /// The restart policy; complaints lead to restarts at once, unless flags say otherwise.
    private func restarts() -> RestartPolicy {
        var policy = RestartPolicy()
        (policy.quietPeriod, policy.jitter) = (.zero, 0)
        policy.settlePeriod = self.milliseconds("--settle") ?? .zero
        policy.initialBackOff = self.milliseconds("--backoff") ?? .zero
        policy.resetPeriod = self.milliseconds("--reset-after") ?? policy.resetPeriod
        policy.maximumAttempts = self.options.value("--attempts").flatMap { Int($0) } ?? policy.maximumAttempts
        return policy
    }

    private func line(_ outcome: StartResult) -> String {
        let runtime = outcome.runtime
        return "running started=\(outcome.isStarted) generation=\(runtime.generation) pid=\(runtime.process.pid) "
            + "endpoint=\(runtime.endpoint)"
    }

    /// Sets up what no runtime may inherit: an ignored signal, a blocked signal, and a descriptor that stays open.
    private func burden() {
        if let number = self.options.value("--deaf-to").flatMap({ Int32($0) }) {
            signal(number, SIG_IGN)
            var mask = sigset_t()
            sigemptyset(&mask)
            sigaddset(&mask, number)
            sigprocmask(SIG_BLOCK, &mask, nil)
        }
        if let number = self.options.value("--leak").flatMap({ Int32($0) }) { dup2(2, number) }
    }

    /// Makes the disk full for this process.
    private func limitFileSize() {
        guard let bytes = self.options.value("--file-size-limit").flatMap({ rlim_t($0) }) else { return }
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
}

import ConcurrencyPrimitives
import Logging
import RuntimeReadiness
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("The lifecycle as a whole", .timeLimit(.minutes(5)))
struct LifecycleTests {
    @Test("Every step is an event with its generation, and the outcome is the last")
    func events() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let events = lifecycle.events
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            var kinds: [String] = []
            for await event in events {
                kinds.append("\(event.kind) \(event.generation)")
                if event.kind == .completed && event.generation == 2 { break }
            }
            #expect(kinds.contains("startingRecorded 1") && kinds.contains("runningRecorded 1"))
            #expect(kinds.contains("stoppingRecorded 1") && kinds.contains("startingRecorded 2"))
            #expect(kinds.last == "completed 2")
        }
    }

    @Test("An event reports the ended processes, their generation and the reason")
    func endedIsTold() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle { $0.gracePeriod = .seconds(5) })
            let started = try await lifecycle.getOrStart(id, command: sandbox.command())
            let events = lifecycle.events
            _ = try await lifecycle.stop(id)
            var told: [String] = []
            for await event in events {
                if event.kind == .ended { told.append("\(event.generation): \(event.detail ?? "")") }
                if event.kind == .completed { break }
            }
            #expect(told == ["1: process \(started.runtime.process.pid): a stop was asked for"])
        }
    }

    @Test("A failure is an event of the generation that failed")
    func failedEvent() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            let events = lifecycle.events
            _ = try? await lifecycle.restart(id, command: sandbox.command("--exit-at-once"))
            for await event in events where event.kind == .failed {
                #expect(event.generation == 2 && event.detail?.contains("exit code 7") == true)
                break
            }
        }
    }

    @Test("The end of a runtime of ours is an event with its generation")
    func runtimeEnded() async throws {
        try await Sandbox.with { sandbox in
            let lifecycle = try sandbox.lifecycle()
            let events = lifecycle.events
            let started = try await lifecycle.getOrStart(try WorkspaceID("blue"), command: sandbox.command())
            Processes.kill(started.runtime.process)
            for await event in events where event.kind == .runtimeEnded {
                #expect(event.generation == 1 && event.detail == "-9")
                break
            }
        }
    }

    @Test("A probe that calls back for the same workspace gets an error, not a deadlock; drain inside returns")
    func reentrance() async throws {
        try await Sandbox.with { sandbox in
            let (id, probe) = (try WorkspaceID("blue"), CallingBack())
            var configuration = LifecycleConfiguration(root: sandbox.root)
            configuration.probe = probe
            let lifecycle = try WorkspaceLifecycle(
                configuration: configuration,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            probe.lifecycle.append(lifecycle)
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(probe.codes.take().prefix(3) == [.gateHeldByCaller, .gateHeldByCaller, .gateHeldByCaller])
            await lifecycle.drain()
        }
    }

    @Test("After drain no work goes on, also after failures")
    func drain() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let tasks = (0..<4).map { _ in
                Task { try await lifecycle.getOrStart(id, command: sandbox.command("--exit-at-once")) }
            }
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            await lifecycle.drain()
            #expect(lifecycle.runner.work.activeCount == 0)
            #expect(lifecycle.gate.heldCount == 0)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).isStarted)
        }
    }

    @Test("Recover adopts what proves itself, cleans what is dead and starts nothing")
    func recover() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id, ["--kill-at", "committed"])
            let lifecycle = try sandbox.lifecycle()
            let adopted = try #require(try await lifecycle.recover(id))
            #expect(adopted.generation == 1)
            #expect(sandbox.record(id)?.phase == .running)
            Processes.kill(adopted.process)
            #expect(try await lifecycle.recover(id) == nil)
            #expect(sandbox.record(id)?.phase == .failed)
            #expect(sandbox.censusLines().count == 1)
        }
    }

    @Test("A configuration that can't work is refused before anything is touched")
    func configuration() {
        let changes: [(inout LifecycleConfiguration) -> Void] = [
            { $0.root = "relative" }, { $0.root = "/a\0b" }, { $0.readinessTimeout = .zero },
            { $0.restarts.jitter = 2 },
            { $0.gateTimeout = .seconds(-1) }, { $0.readinessTimeout = .seconds(Int64.max) },
            { $0.restarts.maximumAttempts = -1 },
            { $0.restarts.initialBackOff = .seconds(Int64.max) }, { $0.restarts.settlePeriod = .seconds(-1) },
        ]
        for change in changes {
            var configuration = LifecycleConfiguration(root: "/nowhere")
            change(&configuration)
            let error = #expect(throws: LifecycleError.self) { try configuration.validate() }
            #expect(error?.code == .invalidArgument)
        }
    }
}

/// A probe that does what it must not: it asks the lifecycle for the workspace that is being started.
private final class CallingBack: ReadinessProbe {
    let lifecycle = Recorder<WorkspaceLifecycle>()
    let codes = Recorder<LifecycleError.Code>()

    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        if let lifecycle = self.lifecycle.take().first, let id = try? WorkspaceID("blue") {
            do { _ = try await lifecycle.getOrStart(id, command: RuntimeCommand([])) } catch { self.keep(error) }
            do { _ = try await lifecycle.stop(id) } catch { self.keep(error) }
            do { _ = try await lifecycle.restart(id, command: RuntimeCommand([])) } catch { self.keep(error) }
            await lifecycle.drain()
        }
        return await HealthProbe().identity(at: endpoint, within: limit)
    }

    private func keep(_ error: any Error) {
        if let error = error as? LifecycleError { self.codes.append(error.code) }
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Start and stop", .timeLimit(.minutes(5)))
struct StartTests {
    @Test("A start passes exactly the steps of the list, and so do restart and stop")
    func steps() async throws {
        try await Sandbox.with { sandbox in
            let (id, steps) = (try WorkspaceID("blue"), Recorder<LifecycleStep>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in steps.append(step) })
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(steps.take() == LifecycleStep.start)
            _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            #expect(steps.take() == LifecycleStep.restart)
            _ = try await lifecycle.stop(id)
            #expect(steps.take() == LifecycleStep.stop)
        }
    }

    @Test("A complaint that is given up passes exactly the steps of its list")
    func stepsOfGivingUp() async throws {
        try await Sandbox.with { sandbox in
            let (id, steps) = (try WorkspaceID("blue"), Recorder<LifecycleStep>())
            let change: (inout LifecycleConfiguration) -> Void = {
                ($0.restarts.maximumAttempts, $0.restarts.quietPeriod) = (0, .zero)
            }
            let lifecycle = try sandbox.lifecycle(change, observer: { _, step, _ in steps.append(step) })
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            _ = steps.take()
            #expect(try await lifecycle.reportUnhealthy(id, generation: 1, command: RuntimeCommand([])) == .gaveUp)
            #expect(steps.take() == LifecycleStep.giveUp)
        }
    }

    @Test("Every step of the enumeration is in a list, so the crash tests include all of them")
    func allStepsListed() {
        #expect(
            Set(LifecycleStep.allCases)
                == Set(LifecycleStep.start + LifecycleStep.stop + LifecycleStep.restart + LifecycleStep.giveUp)
        )
    }

    @Test("N callers at once: all get the same runtime and exactly one started it")
    func concurrentStarts() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let outcomes = await withTaskGroup(of: StartResult?.self) { tasks in
                for _ in 0..<12 {
                    tasks.addTask {
                        try? await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "30"))
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            await lifecycle.drain()
            let good = outcomes.compactMap { $0 }
            #expect(good.count == 12 && good.count { $0.isStarted } == 1 && Set(good.map(\.runtime)).count == 1)
            #expect(!sandbox.hadOverlap && sandbox.runtimes().count == 1)
        }
    }

    @Test("A runtime that died is replaced by the next generation")
    func deadRuntimeIsReplaced() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            Processes.kill(first.runtime.process)
            let second = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(second.isStarted)
            #expect(second.runtime.generation == 2)
            #expect(sandbox.runtimes() == [second.runtime.process.pid])
        }
    }

    @Test("Stopping a workspace that does not run is a value; stopping one that was never created is an error")
    func stopNothing() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let error = await #expect(throws: LifecycleError.self) { _ = try await lifecycle.stop(id) }
            #expect(error?.code == .unknownWorkspace && error?.message.contains("blue") == true)
            try await lifecycle.create(id)
            #expect(try await lifecycle.stop(id) == .notRunning)
            #expect(try await lifecycle.status(id)?.phase == .absent)
        }
    }

    @Test(
        "A runtime that ignores the request is killed with everything it started, wherever that went",
        arguments: [
            ["--ignore-sigterm", "--grandchild"], ["--detached-grandchild"], ["--hidden-grandchild"],
            ["--session-grandchild"], ["--ignore-sigterm", "--session-grandchild"],
            ["--ignore-sigterm", "--grandchild", "--detached-grandchild", "--hidden-grandchild"],
        ]
    )
    func stopKillsAll(flags: [String]) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let started = try await lifecycle.getOrStart(id, command: sandbox.command(flags))
            let expected = 1 + flags.count { $0.contains("grandchild") }
            try await eventually("all processes run") { sandbox.processes().count == expected }
            #expect(try await lifecycle.stop(id) == .stopped(generation: started.runtime.generation))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test(
        "A process that was seen to belong to a runtime is ended with it, even if the leader has ended and it has no mark"
    )
    func stubbornGrandchild() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            _ = try await lifecycle.getOrStart(id, command: sandbox.command("--stubborn-grandchild"))
            try await eventually("both processes run") { sandbox.processes().count == 2 }
            #expect(try await lifecycle.stop(id) == .stopped(generation: 1))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test("What a runtime starts when it is asked to end is ended with it")
    func lateGrandchild() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            _ = try await lifecycle.getOrStart(id, command: sandbox.command("--late-grandchild"))
            #expect(try await lifecycle.stop(id) == .stopped(generation: 1))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test("After a delete only the generation counter is left, and it goes on")
    func delete() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            try await lifecycle.delete(id)
            #expect(ProcessTable.names(in: sandbox.directory.workspace(id)) == ["journal"])
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime.generation == 2)
        }
    }

    @Test("The caller of a start may leave; the start goes on and drain waits for it")
    func cancelledCaller() async throws {
        try await Sandbox.with { sandbox in
            let (id, spawned) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .stubSpawned { spawned.resolve(()) }
            })
            let caller = Task { try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "50")) }
            try await spawned.waitUnlessCancelled()
            caller.cancel()
            await #expect(throws: CancellationError.self) { _ = try await caller.value }
            await lifecycle.drain()
            #expect(sandbox.record(id)?.phase == .running)
            #expect(lifecycle.gate.heldCount == 0)
        }
    }
}

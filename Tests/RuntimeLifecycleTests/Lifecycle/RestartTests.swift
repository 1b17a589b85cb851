import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Restarts, merged and bounded", .timeLimit(.minutes(5)))
struct RestartTests {
    @Test("N requests during a cycle give exactly one more, and each learns its generation")
    func merged() async throws {
        try await Sandbox.with { sandbox in
            let (id, inside) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .stoppingRecorded { inside.resolve(()) }
            })
            _ = try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "100"))
            let first = Task { try await lifecycle.restart(id, command: RuntimeCommand([])) }
            try await inside.waitUnlessCancelled()
            let more = (0..<5).map { _ in Task { try await lifecycle.restart(id, command: RuntimeCommand([])) } }
            #expect(try await first.value.generation == 2)
            for task in more { #expect(try await task.value.generation == 3) }
            #expect(sandbox.censusLines().count == 3)
            await lifecycle.drain()
            #expect(lifecycle.gate.heldCount == 0)
        }
    }

    @Test("Without the lane the same requests are a cycle each")
    func notMerged() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            await withTaskGroup(of: Void.self) { tasks in
                for _ in 0..<5 {
                    tasks.addTask {
                        _ = try? await lifecycle.runner.run(CycleRequest(.restart), on: id, sandbox.command())
                    }
                }
            }
            #expect(sandbox.censusLines().count == 6)
        }
    }

    @Test("Restarts one after the other are not merged")
    func sequential() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            for generation in 2...4 {
                #expect(try await lifecycle.restart(id, command: RuntimeCommand([])).generation == UInt64(generation))
            }
        }
    }

    @Test("A restart that waits when a stop comes ends as superseded by stop")
    func supersededByStop() async throws {
        try await Sandbox.with { sandbox in
            let (id, inside) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .stoppingRecorded { inside.resolve(()) }
            })
            _ = try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "300"))
            let first = Task { try await lifecycle.restart(id, command: RuntimeCommand([])) }
            try await inside.waitUnlessCancelled()
            let second = Task { try await lifecycle.restart(id, command: RuntimeCommand([])) }
            try await eventually("the second restart waits") { lifecycle.lanes.lane(id)?.pending != nil }
            let stop = try await lifecycle.stop(id)
            #expect(try await second.value == .superseded(by: .stop))
            #expect(try await first.value.generation == 2)
            #expect(stop == .stopped(generation: 2))
            #expect(sandbox.runtimes().isEmpty)
        }
    }

    @Test("A failing restart is told to its callers and the next one works")
    func failure() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            let error = await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.restart(id, command: sandbox.command("--exit-at-once"))
            }
            #expect(error?.code == .runtimeExited)
            #expect(sandbox.record(id)?.phase == .failed)
            #expect(try await lifecycle.restart(id, command: sandbox.command()).generation == 3)
        }
    }

    @Test("A complaint restarts its generation after the quiet period, on the injected clock")
    func complaint() async throws {
        try await Sandbox.with { sandbox in
            let (id, clock) = (try WorkspaceID("blue"), ManualClock())
            let lifecycle = try sandbox.lifecycle(
                { ($0.restarts.quietPeriod, $0.restarts.settlePeriod) = (.seconds(30), .zero) },
                clock: clock
            )
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            let complaint = Task { try await lifecycle.reportUnhealthy(id, generation: 1, command: RuntimeCommand([])) }
            try await eventually("the complaint waits for its time") {
                lifecycle.lanes.lane(id)?.due != nil && clock.sleeperCount == 1
            }
            clock.advance(by: .seconds(29))
            #expect(sandbox.record(id)?.generation == 1)
            clock.advance(by: .seconds(1))
            #expect(try await complaint.value.generation == 2)
        }
    }

    @Test("A complaint of an old generation, or of a stopped one, changes nothing")
    func staleComplaint() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle {
                ($0.restarts.quietPeriod, $0.restarts.settlePeriod) = (.zero, .zero)
            }
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            let stale = try await lifecycle.reportUnhealthy(id, generation: 1, command: RuntimeCommand([]))
            #expect(stale == .notNeeded(currentGeneration: 2))
            _ = try await lifecycle.stop(id)
            let late = try await lifecycle.reportUnhealthy(id, generation: 2, command: RuntimeCommand([]))
            #expect(late == .notNeeded(currentGeneration: 2))
            #expect(sandbox.runtimes().isEmpty)
        }
    }

    @Test("When the budget is used up complaints are answered so, and explain says it")
    func gaveUp() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle {
                ($0.restarts.quietPeriod, $0.restarts.settlePeriod) = (.zero, .zero)
                ($0.restarts.maximumAttempts, $0.restarts.initialBackOff) = (1, .zero)
            }
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            let first = try await lifecycle.reportUnhealthy(id, generation: 1, command: RuntimeCommand([]))
            #expect(first.generation == 2)
            #expect(try await lifecycle.reportUnhealthy(id, generation: 2, command: RuntimeCommand([])) == .gaveUp)
            #expect(try await lifecycle.explain(id).sentences.contains { $0.contains("given up") })
            #expect(try await lifecycle.restart(id, command: RuntimeCommand([])).generation == 3)
        }
    }

    @Test("A late failure of an old generation never changes the state of a newer one")
    func lateFailure() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            _ = try await lifecycle.getOrStart(id, command: sandbox.command())
            _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            #expect(try await lifecycle.markFailed(id, generation: 1, reason: "late") == false)
            #expect(try await lifecycle.markFailed(id, generation: 2, reason: "it lives") == false)
            #expect(sandbox.record(id)?.phase == .running)
            Processes.kill(try #require(sandbox.record(id)?.child))
            #expect(try await lifecycle.markFailed(id, generation: 1, reason: "late") == false)
            #expect(sandbox.record(id)?.phase == .running)
            #expect(try await lifecycle.markFailed(id, generation: 2, reason: "gone"))
            #expect(sandbox.record(id)?.phase == .failed)
        }
    }
}

extension RestartResult {
    /// The generation that served the request.
    fileprivate var generation: UInt64? {
        if case .restarted(let runtime) = self { runtime.generation } else { nil }
    }
}

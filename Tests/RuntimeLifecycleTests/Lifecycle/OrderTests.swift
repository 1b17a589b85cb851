import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Calls are served in the order in which they were made", .timeLimit(.minutes(5)))
struct OrderTests {
    @Test("Every verb takes its place before its caller suspends")
    func places() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let held = try await lifecycle.gate.acquire(id, for: .create)
            let calls: [(LifecycleVerb, @Sendable () async throws -> Void)] = [
                (.create, { try await lifecycle.create(id) }),
                (.stop, { _ = try await lifecycle.stop(id) }),
                (.getOrStart, { _ = try await lifecycle.getOrStart(id, command: sandbox.command()) }),
                (.recover, { _ = try await lifecycle.recover(id) }),
                (.markFailed, { _ = try await lifecycle.markFailed(id, generation: 9, reason: "") }),
                (.start, { _ = try await lifecycle.start(id, command: sandbox.command()) }),
            ]
            var tasks: [Task<Void, any Error>] = []
            for (_, call) in calls { tasks.append(Task.immediate { try await call() }) }
            #expect(lifecycle.gate.waiters(of: id).map(\.verb) == calls.map(\.0))
            _ = consume held
            for task in tasks { try await task.value }
            await lifecycle.drain()
            #expect(lifecycle.gate.heldCount == 0)
        }
    }

    @Test("A stop takes its place before its caller suspends, in each of many workspaces")
    func placesOfStops() async throws {
        try await Sandbox.with { sandbox in
            let lifecycle = try sandbox.lifecycle()
            for number in 0..<40 {
                let id = try WorkspaceID("w\(number)")
                try await lifecycle.create(id)
                let held = try await lifecycle.gate.acquire(id, for: .create)
                let stop = Task.immediate { _ = try await lifecycle.stop(id) }
                let create = Task.immediate { try await lifecycle.create(id) }
                #expect(lifecycle.gate.waiters(of: id).map(\.verb) == [.stop, .create])
                _ = consume held
                try await stop.value
                try await create.value
            }
            await lifecycle.drain()
        }
    }

    /// The calls; the last one decides the result, even if requests were merged.
    enum Call: Sendable { case stop, start, restart }

    @Test(
        "While a restart is under way, what is asked for last is done last",
        arguments: [
            [Call.stop, .start], [.stop, .start, .stop], [.start, .stop], [.restart, .stop, .start],
            [.stop, .start, .restart, .stop],
        ]
    )
    func last(calls: [Call]) async throws {
        try await Sandbox.with { sandbox in
            let (id, inside) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .stoppingRecorded { inside.resolve(()) }
            })
            _ = try await lifecycle.getOrStart(id, command: sandbox.command("--ready-after", "100"))
            let first = Task { try await lifecycle.restart(id, command: RuntimeCommand([])) }
            try await inside.waitUnlessCancelled()
            var tasks = [Task.immediate { _ = try await first.value }]
            for call in calls {
                tasks.append(
                    Task.immediate {
                        switch call {
                        case .stop: _ = try await lifecycle.stop(id)
                        case .start: _ = try await lifecycle.getOrStart(id, command: sandbox.command())
                        case .restart: _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
                        }
                    }
                )
            }
            for task in tasks { try await task.value }
            await lifecycle.drain()
            #expect(sandbox.record(id)?.phase == (calls.last == .stop ? .absent : .running))
            #expect(sandbox.runtimes().count == (calls.last == .stop ? 0 : 1) && !sandbox.hadOverlap)
            #expect(lifecycle.gate.heldCount == 0)
        }
    }

    @Test("A place that nobody waits at is given up, also when its turn had come")
    func abandoned() async throws {
        let (gate, id) = (WorkspaceGate(), try WorkspaceID("blue"))
        var first: GatePlace? = gate.enqueue(id, for: .stop)
        var second: GatePlace? = gate.enqueue(id, for: .stop)
        let third = gate.enqueue(id, for: .restart)
        #expect(first != nil && second != nil && gate.waiters(of: id).count == 2)
        second = nil
        first = nil
        let held = try await gate.acquire(third, within: .zero)
        #expect(held.verb == .restart && gate.waiters(of: id).isEmpty)
        _ = consume held
        #expect(gate.heldCount == 0)
    }

    @Test("Restarts of several processes are a cycle each, one after the other: each gets a generation of its own")
    func processes() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            let answers = await withTaskGroup(of: String.self) { tasks in
                for _ in 0..<4 { tasks.addTask { await sandbox.act("restart", on: id).output } }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            let generations = (2...5).map { number in answers.count { $0.contains("generation: \(number)") } }
            #expect(generations == [1, 1, 1, 1], "\(answers)")
            #expect(sandbox.runtimes().count == 1 && !sandbox.hadOverlap)
        }
    }
}

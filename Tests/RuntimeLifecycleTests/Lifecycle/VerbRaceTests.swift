import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Every verb against every verb", .timeLimit(.minutes(5)))
struct VerbRaceTests {
    static let pairs = LifecycleVerb.allCases.flatMap { first in
        LifecycleVerb.allCases.map { VerbPair(first: first, second: $0) }
    }

    @Test(
        "Two of each at once in one process: never two inside, never two runtimes, everyone answered",
        arguments: Self.pairs
    )
    func tasks(pair: VerbPair) async throws {
        try await Sandbox.with { sandbox in
            let race = try await Self.race(pair, sandbox)
            #expect(race.mark == 1)
            #expect(!sandbox.hadOverlap)
            #expect(race.unexpected.isEmpty, "\(race.unexpected)")
            #expect(race.heldCount == 0)
        }
    }

    @Test("Different workspaces do not wait for each other")
    func independent() async throws {
        try await Sandbox.with { sandbox in
            let (slow, quick) = (try WorkspaceID("slow"), try WorkspaceID("quick"))
            let spawned = Promise<Void>()
            let lifecycle = try sandbox.lifecycle(
                { $0.gateTimeout = .milliseconds(300) },
                observer: { id, step, _ in
                    if id == slow && step == .committed { spawned.resolve(()) }
                }
            )
            let waiting = Task { try await lifecycle.getOrStart(slow, command: sandbox.command("--never-ready")) }
            try await spawned.waitUnlessCancelled()
            // `slow` holds its gate and lock until it gets ready, which is never.
            var command = sandbox.command()
            command.arguments[2] = sandbox.census + ".quick"
            let outcome = try? await lifecycle.getOrStart(quick, command: command)
            #expect(outcome?.isStarted == true)
            // The other workspace was at work all the time.
            #expect(lifecycle.gate.heldCount == 1 && sandbox.record(slow)?.phase == .starting)
            let child = try #require(sandbox.record(slow)?.child)
            Processes.kill(child)
            await #expect(throws: LifecycleError.self) { _ = try await waiting.value }
            await lifecycle.drain()
        }
    }

    // MARK: The race

    struct Race: Sendable {
        let mark: Int
        let heldCount: Int
        /// Errors that no caller may get; allowed are only true answers that there is nothing to work on.
        let unexpected: [String]
    }

    private static func race(_ pair: VerbPair, _ sandbox: Sandbox) async throws -> Race {
        let (id, mark) = (try WorkspaceID("blue"), HighWaterMark())
        let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
            if step == .gateTaken { mark.enter() }
            if step == .lockReleased { mark.leave() }
        })
        let errors = Recorder<String>()
        await withTaskGroup(of: Void.self) { tasks in
            for verb in [pair.first, pair.second, pair.first, pair.second] {
                tasks.addTask {
                    do { try await verb.perform(on: lifecycle, id, sandbox.command()) } catch let error
                        as LifecycleError
                    {
                        if error.code != .unknownWorkspace && error.code != .noCommand {
                            errors.append(error.description)
                        }
                    } catch { errors.append("\(error)") }
                }
            }
        }
        await lifecycle.drain()
        return Race(mark: mark.most, heldCount: lifecycle.gate.heldCount, unexpected: errors.take())
    }
}

/// Two verbs that run at once.
struct VerbPair: Sendable, CustomStringConvertible {
    let first: LifecycleVerb
    let second: LifecycleVerb
    var description: String { "\(self.first.rawValue) and \(self.second.rawValue)" }
}

extension LifecycleVerb {
    /// Calls the real entry point.
    fileprivate func perform(on lifecycle: WorkspaceLifecycle, _ id: WorkspaceID, _ command: RuntimeCommand)
        async throws
    {
        switch self {
        case .create: try await lifecycle.create(id)
        case .getOrStart: _ = try await lifecycle.getOrStart(id, command: command)
        case .start: _ = try await lifecycle.start(id, command: command)
        case .stop: _ = try await lifecycle.stop(id)
        case .restart: _ = try await lifecycle.restart(id, command: command)
        case .recover: _ = try await lifecycle.recover(id)
        case .markFailed: _ = try await lifecycle.markFailed(id, generation: 1, reason: "a probe says so")
        case .delete: try await lifecycle.delete(id)
        }
    }
}

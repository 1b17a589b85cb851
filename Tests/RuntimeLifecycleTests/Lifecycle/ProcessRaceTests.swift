import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Races between processes", .timeLimit(.minutes(5)))
struct ProcessRaceTests {
    @Test("Eight processes start one workspace: one starts it, all are told the same")
    func starts() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let answers = await Self.all(Array(repeating: "getOrStart", count: 8)) { verb in
                await sandbox.act(verb, on: id, command: ["--ready-after", "200"]).output
            }
            let started = answers.count { $0.contains("started=true") }
            let runtimes = Set(answers.compactMap { $0.split(separator: " generation=").last })
            #expect(started == 1 && runtimes.count == 1, "\(answers)")
            #expect(!sandbox.hadOverlap && sandbox.runtimes().count == 1)
        }
    }

    static let pairs = LifecycleVerb.allCases.enumerated().flatMap { index, first in
        LifecycleVerb.allCases[index...].map { VerbPair(first: first, second: $0) }
    }

    @Test(
        "Every verb against every verb in separate processes: never two inside, never two runtimes",
        arguments: Self.pairs
    )
    func verbs(pair: VerbPair) async throws {
        try await Sandbox.with { sandbox in
            let answers = await Self.race(pair, sandbox)
            #expect(!sandbox.hadOverlap)
            #expect(!sandbox.lines(of: sandbox.section + ".log").contains("OVERLAP"))
            let honest = [
                "running", "stopped", "restarted", "recovered", "created", "deleted", "marked", "unknownWorkspace",
                "noCommand",
            ]
            #expect(answers.allSatisfy { answer in honest.contains { answer.contains($0) } }, "\(answers)")
        }
    }

    @Test(
        "Six of the built commands at once: one starts it, all name the same process; with locks of their own not so",
        arguments: [true, false]
    )
    func builtCommand(sharesLocks: Bool) async throws {
        try await Sandbox.with { sandbox in
            let answers = await Self.all((0..<6).map(String.init)) { number in
                // With its own state directory, each process has its own locks and its own journal.
                let root = sharesLocks ? sandbox.root : sandbox.path + "/" + number
                let arguments = ["workspace", "up", "blue", "--root", root, "--format", "json", "--command"]
                let runtime = sandbox.command("--ready-after", "100").arguments
                return await ChildProcess.run([Products.command] + arguments + runtime)
            }
            #expect(answers.allSatisfy { $0.code == 0 }, "\(answers)")
            let runtime = try #require(sandbox.runtimes().first)
            let isExactlyOne =
                answers.count { $0.output.contains("\"started\":true") } == 1
                && answers.allSatisfy { $0.output.contains("\"pid\":\(runtime),") }
                && sandbox.runtimes().count == 1 && !sandbox.hadOverlap
            #expect(isExactlyOne == sharesLocks, "\(answers)")
        }
    }

    @Test("A process never waits for one that works on another workspace")
    func independent() async throws {
        try await Sandbox.with { sandbox in
            let (slow, quick) = (try WorkspaceID("slow"), try WorkspaceID("quick"))
            async let waiting = sandbox.act("getOrStart", on: slow, command: ["--never-ready"])
            try await eventually("the slow one holds its lock") { sandbox.record(slow)?.child != nil }
            let answer = await sandbox.act("create", on: quick, ["--lock-limit", "300"])
            #expect(answer.output.contains("created"), "\(answer.output)")
            Processes.kill(try #require(sandbox.record(slow)?.child))
            #expect(await waiting.output.contains("runtimeExited"))
        }
    }

    private static func race(_ pair: VerbPair, _ sandbox: Sandbox) async -> [String] {
        guard let id = try? WorkspaceID("blue") else { return [] }
        let verbs = [pair.first, pair.second, pair.first, pair.second]
        return await self.all(verbs.map(\.rawValue)) { verb in
            await sandbox.act(verb, on: id, ["--section", sandbox.section]).output
        }
    }

    private static func all<Value: Sendable>(
        _ verbs: [String],
        _ body: @escaping @Sendable (String) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: Value.self) { tasks in
            for verb in verbs { tasks.addTask { await body(verb) } }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
    }
}

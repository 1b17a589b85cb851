import Testing

@testable import WorkspaceLifecycle

@Suite("Races between processes", .timeLimit(.minutes(5)))
struct ProcessRaceTests {
    @Test(
        "Eight processes start one workspace: one starts it, all are told the same; without the lock not so",
        arguments: ["", "lock", "lock,life"]
    )
    func starts(without: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let answers = await Self.all(Array(repeating: "getOrStart", count: 8)) { verb in
                await sandbox.act(verb, on: id, ["--without", without], command: ["--ready-after", "200"]).output
            }
            let started = answers.count { $0.contains("started=true") }
            let runtimes = Set(answers.compactMap { $0.split(separator: " generation=").last })
            let isExactlyOne =
                started == 1 && runtimes.count == 1 && !sandbox.hadOverlap && sandbox.runtimes().count == 1
            #expect(isExactlyOne == without.isEmpty, "\(answers)")
        }
    }

    static let pairs = Verb.allCases.enumerated().flatMap { index, first in
        Verb.allCases[index...].filter { $0 != .markFailed && first != .markFailed }.map {
            VerbPair(first: first, second: $0)
        }
    }

    @Test(
        "Every verb against every verb in separate processes: never two inside, never two runtimes",
        arguments: Self.pairs
    )
    func verbs(pair: VerbPair) async throws {
        try await Sandbox.with { sandbox in
            let answers = await Self.race(pair, sandbox, without: "")
            #expect(!sandbox.hadOverlap)
            #expect(!sandbox.lines(of: sandbox.section + ".log").contains("OVERLAP"))
            let honest = [
                "running", "stopped", "restarted", "recovered", "created", "deleted", "unknownWorkspace", "noCommand",
            ]
            #expect(answers.allSatisfy { answer in honest.contains { answer.contains($0) } }, "\(answers)")
        }
    }

    @Test("Without the lock the same race has two processes inside")
    func withoutLock() async throws {
        try await Sandbox.with { sandbox in
            let log = sandbox.section + ".log"
            // Whether they meet is up to the machine: as often as it takes, but not for ever.
            for _ in 0..<30 where !sandbox.lines(of: log).contains("OVERLAP") {
                _ = await Self.race(VerbPair(first: .restart, second: .getOrStart), sandbox, without: "lock")
            }
            #expect(sandbox.lines(of: log).contains("OVERLAP"))
        }
    }

    @Test("Six of the built commands at once: one says started, and all name the same process")
    func builtCommand() async throws {
        try await Sandbox.with { sandbox in
            let answers = await Self.all(Array(repeating: "up", count: 6)) { verb in
                await ChildProcess.run(
                    [
                        Products.command, "workspace", verb, "blue", "--root", sandbox.root, "--format", "json",
                        "--command",
                    ]
                        + sandbox.command("--ready-after", "100").arguments
                )
            }
            #expect(answers.allSatisfy { $0.code == 0 })
            #expect(answers.count { $0.output.contains("\"started\":true") } == 1, "\(answers)")
            let runtime = try #require(sandbox.runtimes().first)
            #expect(answers.allSatisfy { $0.output.contains("\"pid\":\(runtime),") })
            #expect(sandbox.runtimes().count == 1 && !sandbox.hadOverlap)
        }
    }

    private static func race(_ pair: VerbPair, _ sandbox: Sandbox, without: String) async -> [String] {
        guard let id = try? WorkspaceID("blue") else { return [] }
        let verbs = [pair.first, pair.second, pair.first, pair.second]
        return await self.all(verbs.map(\.rawValue)) { verb in
            await sandbox.act(verb, on: id, ["--section", sandbox.section, "--without", without]).output
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

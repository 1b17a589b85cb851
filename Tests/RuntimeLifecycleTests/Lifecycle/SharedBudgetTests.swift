import TestSupport
import Testing

@testable import RuntimeLifecycle

/// Each complaint comes from a separate process, which forgets everything when it ends.
@Suite("The budget that processes share", .timeLimit(.minutes(5)))
struct SharedBudgetTests {
    private func complain(_ sandbox: Sandbox, _ id: WorkspaceID, _ generation: Int, _ flags: String...) async -> String
    {
        await sandbox.act("complain", on: id, ["--generation", String(generation)] + flags).output
    }

    private func command(_ sandbox: Sandbox, _ arguments: String...) async -> ChildProcess {
        await ChildProcess.run([Products.command, "workspace"] + arguments + ["--root", sandbox.root])
    }

    /// Makes one process use the last attempt of a workspace, and another process give up.
    private func giveUp(_ sandbox: Sandbox, _ id: WorkspaceID) async throws {
        _ = await sandbox.act("getOrStart", on: id)
        let first = await self.complain(sandbox, id, 1, "--attempts", "1")
        #expect(first.contains("restarted generation=2"), "\(first)")
        let second = await self.complain(sandbox, id, 2, "--attempts", "1")
        #expect(second.contains("gaveUp"), "\(second)")
    }

    @Test("What one process used up is used up for the next, and a third one sees that it was given up")
    func shared() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.giveUp(sandbox, id)
            #expect(await self.complain(sandbox, id, 2, "--attempts", "9").contains("gaveUp"))
            let status = await self.command(sandbox, "status", "blue", "--format", "json").output
            #expect(status.contains(#""reactiveRestarts":1,"gaveUp":true"#), "\(status)")
            #expect(await self.command(sandbox, "status", "blue").output.contains("given up after 1"))
            let explanation = await self.command(sandbox, "explain", "blue").output
            #expect(explanation.contains("Reactive restarts were given up after 1"), "\(explanation)")
            #expect(sandbox.censusLines().count == 2)
        }
    }

    @Test("Whoever asks for a start, restart or stop gives a fresh budget", arguments: ["up", "restart", "stop"])
    func asked(verb: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.giveUp(sandbox, id)
            let answer = await self.command(sandbox, verb, "blue")
            #expect(answer.code == 0, "\(answer.output)")
            #expect(sandbox.record(id)?.budget.isFresh == true)
            let status = await self.command(sandbox, "status", "blue", "--format", "json").output
            #expect(status.contains(#""gaveUp":false"#), "\(status)")
            guard verb != "stop" else { return }
            let generation = verb == "up" ? 2 : 3
            let complaint = await self.complain(sandbox, id, generation, "--attempts", "1")
            #expect(complaint.contains("restarted generation=\(generation + 1)"), "\(complaint)")
        }
    }

    @Test("A start that finds it running and not given up leaves the count as it is")
    func found() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            _ = await self.complain(sandbox, id, 1)
            #expect(await sandbox.act("getOrStart", on: id).output.contains("started=false"))
            #expect(sandbox.record(id)?.budget.used == 1)
        }
    }

    @Test("The pause that one process has begun is kept by the next")
    func pause() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            #expect(await self.complain(sandbox, id, 1, "--backoff", "1500").contains("restarted generation=2"))
            let earliest = try #require(sandbox.record(id)?.budget.earliest?.time(in: ProcessTable.bootID))
            let second = await self.complain(sandbox, id, 2, "--backoff", "1500")
            #expect(second.contains("restarted generation=3"), "\(second)")
            #expect(SystemClock.now >= earliest)
            #expect(sandbox.record(id)?.budget.used == 2)
        }
    }

    @Test("Every process can see that restarts pause")
    func pauseShown() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            _ = await self.complain(sandbox, id, 1, "--backoff", "60000")
            #expect(await self.command(sandbox, "explain", "blue").output.contains("the next one must wait"))
            let status = await self.command(sandbox, "status", "blue", "--format", "json").output
            #expect(!status.contains(#""restartPauseMilliseconds":null"#), "\(status)")
        }
    }

    @Test("Four processes that complain of one generation at once use one attempt for one restart")
    func atOnce() async throws {
        try await Sandbox.with { sandbox in
            for round in 0..<2 {
                let id = try WorkspaceID("blue-\(round)")
                _ = await sandbox.act("getOrStart", on: id)
                let answers = await withTaskGroup(of: String.self) { tasks in
                    for _ in 0..<4 { tasks.addTask { await self.complain(sandbox, id, 1) } }
                    return await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count { $0.contains("restarted generation=2") } == 1, "\(answers)")
                #expect(answers.count { $0.contains("notNeeded") } == 3, "\(answers)")
                #expect(sandbox.record(id)?.budget.used == 1)
            }
        }
    }

    /// Uses the only attempt of a workspace; its second runtime is then healthy for 200 ms.
    private func useUp(_ sandbox: Sandbox, _ id: WorkspaceID) async throws {
        _ = await sandbox.act("getOrStart", on: id)
        _ = await self.complain(sandbox, id, 1, "--attempts", "1")
        let proven = try #require(sandbox.record(id)?.provenAt?.time(in: ProcessTable.bootID))
        try await eventually("it was healthy for long enough") { SystemClock.now >= proven + .milliseconds(200) }
    }

    @Test("Health that was proven for long enough is a fresh budget for every process")
    func health() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.useUp(sandbox, id)
            let second = await self.complain(sandbox, id, 2, "--attempts", "1", "--reset-after", "200")
            #expect(second.contains("restarted generation=3"), "\(second)")
            #expect(sandbox.record(id)?.budget.used == 1)
        }
    }

    @Test(
        "Health that lasted is a fresh budget also when its end is recorded before anyone complains, and short is not",
        arguments: ["recover", "markFailed"],
        [("200", "restarted generation=3"), ("3600000", "gaveUp")]
    )
    func recordedEnd(verb: String, health: (resetAfter: String, answer: String)) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            try await self.useUp(sandbox, id)
            Processes.kill(try #require(sandbox.record(id)?.child))
            let limit = ["--reset-after", health.resetAfter]
            _ = await sandbox.act(verb, on: id, ["--generation", "2"] + limit)
            #expect(sandbox.record(id)?.phase == .failed)
            let second = await sandbox.act("complain", on: id, ["--generation", "2", "--attempts", "1"] + limit)
            #expect(second.output.contains(health.answer), "\(second.output)")
        }
    }

    @Test("A complaint of a runtime that has just proven itself waits until it has settled; of a dead one it does not")
    func settling() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            let proven = try #require(sandbox.record(id)?.provenAt?.time(in: ProcessTable.bootID))
            let patient = await self.complain(sandbox, id, 1, "--settle", "1000")
            #expect(patient.contains("restarted generation=2"), "\(patient)")
            #expect(SystemClock.now >= proven + .seconds(1))
            Processes.kill(try #require(sandbox.record(id)?.child))
            let again = try #require(sandbox.record(id)?.provenAt?.time(in: ProcessTable.bootID))
            let prompt = await self.complain(sandbox, id, 2, "--settle", "60000")
            #expect(prompt.contains("restarted generation=3"), "\(prompt)")
            #expect(SystemClock.now < again + .seconds(60))
        }
    }
}

import ConcurrencyPrimitives
import Testing

@testable import RuntimeLifecycle

@Suite("The workspace commands", .timeLimit(.minutes(5)))
struct CommandTests {
    private func run(_ sandbox: Sandbox, _ arguments: [String], runtime: [String] = []) async -> ChildProcess {
        let command = runtime.isEmpty ? [] : ["--command"] + runtime
        return await ChildProcess.run(
            [Products.command, "workspace"] + arguments + ["--root", sandbox.root] + command
        )
    }

    @Test("Up, status, restart, list, explain and stop say what happened, as JSON and as text")
    func tour() async throws {
        try await Sandbox.with { sandbox in
            let up = await self.run(sandbox, ["up", "blue", "--format", "json"], runtime: sandbox.command().arguments)
            #expect(up.code == 0 && up.output.contains("\"started\":true"), "\(up.output)")
            let status = await self.run(sandbox, ["status", "blue", "--format", "json"])
            #expect(status.output.contains("\"phase\":\"running\",\"generation\":1,\"alive\":true"), "\(status.output)")
            let restart = await self.run(sandbox, ["restart", "blue"])
            #expect(restart.output.contains("restarted, generation 2"), "\(restart.output)")
            #expect(await self.run(sandbox, ["list"]).output.contains("blue: running, generation 2"))
            #expect(await self.run(sandbox, ["explain", "blue"]).output.hasPrefix("It runs: generation 2"))
            let stop = await self.run(sandbox, ["stop", "blue", "--format", "json"])
            #expect(stop.output.contains("\"result\":\"stopped\",\"generation\":2"), "\(stop.output)")
            #expect(await self.run(sandbox, ["stop", "blue"]).output.contains("nothing was running"))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test(
        "Every kind of failure has its exit code and names the remedy",
        arguments: [
            (["up", "../x"], 65, "is not a workspace id"), (["stop", "nobody"], 66, "no workspace nobody"),
            (["status", "nobody"], 66, "never created"), (["up"], 64, "<id>"),
            (["up", "blue", "--wait", "-1"], 64, "--wait"),
            (["status", "a b", "--format", "json"], 65, "\"code\":\"invalidID\""),
            (["explain", "nobody"], 66, "never created"), (["up", "blue", "--endpoint", "here"], 65, "http://"),
            (["up", "blue", "--ready-within", "0"], 64, "--ready-within"),
        ]
    )
    func exitCodes(arguments: [String], code: Int32, words: String) async throws {
        try await Sandbox.with { sandbox in
            let result = await self.run(sandbox, arguments)
            #expect(result.code == code, "\(result.output)")
            #expect(result.output.contains(words), "\(result.output)")
        }
    }

    @Test("Without a command the mock agent server runs, and tail finds it by the journal")
    func mockByDefault() async throws {
        try await Sandbox.with { sandbox in
            let up = await self.run(sandbox, ["up", "blue"])
            #expect(up.output.contains("blue: started, generation 1"), "\(up.output)")
            let arguments = ["tail", "--workspace", "blue", "--root", sandbox.root, "--count", "1", "--format", "json"]
            let tail = await ChildProcess.run([Products.command] + arguments)
            #expect(tail.output.contains(#""type":"connected""#), "\(tail.output)")
            #expect(await self.run(sandbox, ["stop", "blue"]).output.contains("stopped generation 1"))
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test("A tail of what does not run says what it found and how to start it")
    func tailOfNothing() async throws {
        try await Sandbox.with { sandbox in
            let tail = [Products.command, "tail", "--root", sandbox.root, "--count", "1", "--workspace"]
            let unknown = await ChildProcess.run(tail + ["nobody"])
            #expect(unknown.code == 66 && unknown.output.contains("no workspace nobody"), "\(unknown.output)")
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("getOrStart", on: id)
            Processes.kill(try #require(sandbox.record(id)?.child))
            let gone = await ChildProcess.run(tail + ["blue"])
            #expect(gone.code == 69 && gone.output.contains("gone without a stop"), "\(gone.output)")
            #expect(gone.output.contains("`wsstream workspace up` starts it"))
            _ = await sandbox.act("stop", on: id)
            let stopped = await ChildProcess.run(tail + ["blue"])
            #expect(stopped.code == 69 && stopped.output.contains("it is absent"), "\(stopped.output)")
        }
    }

    @Test("A runtime that takes too long fails the command with the time it had; more can be given")
    func readyWithin() async throws {
        try await Sandbox.with { sandbox in
            let runtime = sandbox.command("--never-ready").arguments
            let late = await self.run(sandbox, ["up", "blue", "--ready-within", "1"], runtime: runtime)
            #expect(late.code == 69 && late.output.contains("1.0 seconds"), "\(late.output)")
            #expect(late.output.contains("--ready-within") && sandbox.runtimes().isEmpty)
            #expect(late.output.contains("no endpoint to ask at was named"))
        }
    }

    @Test("Asking for another command than the one that runs is answered with how to replace it")
    func otherCommand() async throws {
        try await Sandbox.with { sandbox in
            _ = await self.run(sandbox, ["up", "blue"], runtime: sandbox.command().arguments)
            let same = await self.run(sandbox, ["up", "blue"], runtime: sandbox.command().arguments)
            #expect(!same.output.contains("another command"), "\(same.output)")
            let other = await self.run(sandbox, ["up", "blue"], runtime: sandbox.command("--silent").arguments)
            #expect(other.code == 0 && other.output.contains("another command"), "\(other.output)")
        }
    }

    @Test("A runtime that exits at once fails the command with code 69 and names its log")
    func exitsAtOnce() async throws {
        try await Sandbox.with { sandbox in
            let command = sandbox.command("--exit-at-once").arguments
            let result = await self.run(sandbox, ["up", "blue"], runtime: command)
            #expect(result.code == 69)
            #expect(result.output.contains("runtime.log") && result.output.contains("exit code 7"), "\(result.output)")
        }
    }

    @Test("A command that waits too long for another process says who holds the lock")
    func busy() async throws {
        try await Sandbox.with { sandbox in
            let (id, spawned) = (try WorkspaceID("blue"), Promise<Void>())
            let lifecycle = try sandbox.lifecycle(observer: { _, step, _ in
                if step == .committed { spawned.resolve(()) }
            })
            let start = Task { try await lifecycle.getOrStart(id, command: sandbox.command("--never-ready")) }
            try await spawned.waitUnlessCancelled()
            let result = await self.run(sandbox, ["stop", "blue", "--wait", "0"])
            #expect(result.code == 75)
            #expect(result.output.contains("getOrStart"), "\(result.output)")
            let explained = await self.run(sandbox, ["explain", "blue", "--format", "json"])
            #expect(explained.output.contains("\"verb\":\"getOrStart\""), "\(explained.output)")
            Processes.kill(try #require(sandbox.record(id)?.child))
            _ = await start.result
            await lifecycle.drain()
        }
    }
}

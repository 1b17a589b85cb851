import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Verbs called from inside the workspace", .timeLimit(.minutes(5)))
struct InsideTests {
    private static let mutant = "WSSTREAM_RED_CONTROL"

    /// A runtime that runs a program inside of its workspace when it is told to.
    private func command(_ sandbox: Sandbox, _ program: [String]) -> RuntimeCommand {
        var command = sandbox.command()
        let runtime = command.arguments.joined(separator: " ")
        let script = """
            if [ "$WORKSPACE_GENERATION" = 1 ]; then
              (while [ ! -e \(sandbox.path)/go ]; do sleep 0.02; done
               \(program.joined(separator: " ")) > \(sandbox.path)/answer 2>&1; echo "code $?" >> \(sandbox.path)/answer) &
            fi
            exec \(runtime)
            """
        command.arguments = ["/bin/sh", "-c", script]
        // A runtime inherits nothing. So the mutant of this process must be passed on explicitly.
        command.environment[Self.mutant] = getenv(Self.mutant).map { String(cString: $0) }
        return command
    }

    @Test("The command does its work from outside of the session that it ends", arguments: ["restart", "stop"])
    func command(verb: String) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let program = [Products.command, "workspace", verb, "blue", "--root", sandbox.root]
            _ = try await lifecycle.getOrStart(id, command: self.command(sandbox, program))
            Sandbox.write("", to: sandbox.path + "/go")
            let goal: RuntimePhase = verb == "stop" ? .absent : .running
            try await eventually("the work is done") {
                sandbox.record(id).map { $0.phase == goal && ($0.generation == 2 || goal == .absent) } ?? false
            }
            #expect(sandbox.runtimes().count == (verb == "stop" ? 0 : 1) && !sandbox.hadOverlap)
            _ = try await lifecycle.stop(id)
        }
    }

    @Test(
        "The library refuses a verb that would end its own caller, before anything happens",
        arguments: ["restart", "stop", "delete"]
    )
    func library(verb: String) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let actor = sandbox.actor(verb, id, [])
            let started = try await lifecycle.getOrStart(id, command: self.command(sandbox, actor))
            let before = sandbox.record(id)
            Sandbox.write("", to: sandbox.path + "/go")
            try await eventually("it has answered") {
                Sandbox.read(sandbox.path + "/answer").contains("code ")
            }
            let answer = Sandbox.read(sandbox.path + "/answer")
            #expect(answer.contains("error calledFromInside") && answer.contains("WORKSPACE_NONCE"), "\(answer)")
            #expect(sandbox.record(id) == before && ProcessTable.isAlive(started.runtime.process))
        }
    }

    @Test("A start from inside finds what runs, as from anywhere")
    func start() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let program = [Products.command, "workspace", "up", "blue", "--root", sandbox.root]
            _ = try await lifecycle.getOrStart(id, command: self.command(sandbox, program))
            Sandbox.write("", to: sandbox.path + "/go")
            try await eventually("it has answered") {
                Sandbox.read(sandbox.path + "/answer").contains("code ")
            }
            #expect(Sandbox.read(sandbox.path + "/answer").contains("already running, generation 1"))
        }
    }
}

import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("Runtimes that misbehave", .timeLimit(.minutes(5)))
struct MisbehaviourTests {
    @Test(
        "A runtime that fails to start is told apart by how, is gone afterwards, and a good one can follow",
        arguments: [
            (["--exit-at-once"], LifecycleError.Code.runtimeExited, "exit code 7"),
            (["--never-ready"], .notReady, "wrote no report"),
            (["--report-address-in-use"], .addressInUse, "127.0.0.1:1"),
            (["--wrong-identity"], .wrongIdentity, "not the runtime"), (["--wrong-report"], .wrongIdentity, "999"),
            (["--silent"], .notReady, "wrote no report"),
        ]
    )
    func failures(flags: [String], code: LifecycleError.Code, words: String) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle { if code == .notReady { $0.readinessTimeout = .milliseconds(400) } }
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: sandbox.command(flags))
            }
            #expect(error.code == code)
            #expect(error.message.contains(words), "\(error.message)")
            #expect(sandbox.processes().isEmpty)
            let record = sandbox.record(id)
            #expect(record?.phase == .failed && record?.reason?.contains(words) == true)
            let good = try await sandbox.lifecycle().getOrStart(id, command: sandbox.command())
            #expect(good.isStarted && good.runtime.generation == 2)
        }
    }

    @Test("A runtime that can't report is found at the endpoint it was given")
    func silentWithEndpoint() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let port = try #require(FreePort.find())
            var command = sandbox.command("--silent", "--port", String(port))
            command.endpoint = "http://127.0.0.1:\(port)"
            let outcome = try await sandbox.lifecycle().getOrStart(id, command: command)
            #expect(outcome.runtime.endpoint == command.endpoint)
        }
    }

    @Test("A command with a relative name and an endpoint restarts unchanged from another directory")
    func recordedCommand() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle { $0.readinessTimeout = .seconds(5) })
            let port = try #require(FreePort.find())
            symlink(Products.fakeRuntime, sandbox.path + "/runtime")
            var command = sandbox.command("--silent", "--port", String(port))
            command.arguments[0] = "./runtime"
            (command.workingDirectory, command.endpoint) = (sandbox.path, "http://127.0.0.1:\(port)")
            _ = try await lifecycle.getOrStart(id, command: command)
            let again = try await lifecycle.restart(id, command: RuntimeCommand([]))
            #expect(again == .restarted(try #require(sandbox.record(id).flatMap { RunningRuntime(id, $0) })))
            #expect(sandbox.record(id)?.generation == 2 && sandbox.record(id)?.endpoint == command.endpoint)
            // A new command takes nothing from the old one.
            _ = try await lifecycle.restart(id, command: sandbox.command())
            #expect(sandbox.record(id)?.workingDirectory == nil && sandbox.record(id)?.expectedEndpoint == nil)
        }
    }

    @Test("An address that somebody else listens on is reported by the runtime as in use")
    func addressInUse() async throws {
        try await Sandbox.with { sandbox in
            let lifecycle = try sandbox.lifecycle()
            let first = try await lifecycle.getOrStart(try WorkspaceID("blue"), command: sandbox.command())
            let port = String(first.runtime.endpoint.split(separator: ":").last ?? "")
            var command = sandbox.command("--port", port)
            command.arguments[2] = sandbox.census + ".green"
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(try WorkspaceID("green"), command: command)
            }
            #expect(error.code == .addressInUse && error.message.contains(port))
        }
    }

    @Test("A runtime that stopped answering is replaced, its process ended")
    func frozen() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle {
                $0.adoptionTimeout = .milliseconds(300)
                $0.probePeriod = .milliseconds(100)
            }
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            kill(first.runtime.process.pid, SIGSTOP)
            let second = try await lifecycle.getOrStart(id, command: sandbox.command())
            #expect(second.isStarted && second.runtime.generation == 2)
            #expect(sandbox.runtimes() == [second.runtime.process.pid])
        }
    }

    @Test("A reused process number is never signalled: the record's start time does not match")
    func reusedNumber() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let stranger = try await lifecycle.getOrStart(try WorkspaceID("green"), command: sandbox.command())
            // A record whose process id now belongs to another process: the same number, but another start time.
            var record = JournalRecord(generation: 3, phase: .running, verb: .start, nonce: "n")
            let process = stranger.runtime.process
            record.child = ProcessIdentity(pid: process.pid, startTicks: process.startTicks - 1, bootID: process.bootID)
            record.endpoint = stranger.runtime.endpoint
            try sandbox.directory.prepare(id)
            try Journal(directory: sandbox.directory, id: id).write(record)
            #expect(try await lifecycle.stop(id) == .notRunning)
            record.child = ProcessIdentity(pid: process.pid, startTicks: process.startTicks, bootID: "another-boot")
            try Journal(directory: sandbox.directory, id: id).write(record)
            #expect(try await lifecycle.stop(id) == .notRunning)
            #expect(ProcessTable.isAlive(process))
        }
    }

    @Test(
        "A command that can't be run is refused by name before anything is recorded as running",
        arguments: [
            ["/nonexistent/runtime"], ["no-such-program-here"], [""], ["/bin/sh", "zero\0byte"],
        ]
    )
    func badCommand(arguments: [String]) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle()
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: RuntimeCommand(arguments))
            }
            #expect(error.code == .invalidArgument || error.code == .noCommand)
            #expect(sandbox.record(id)?.phase != .running)
            #expect(sandbox.processes().isEmpty)
        }
    }

    @Test(
        "A restart whose command can't run does not end the runtime",
        arguments: [["/nonexistent/runtime"], ["/tmp"], ["no-such-program-here"]]
    )
    func restartWithBadCommand(arguments: [String]) async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            let before = sandbox.record(id)
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await lifecycle.restart(id, command: RuntimeCommand(arguments))
            }
            #expect(error.code == .invalidArgument && error.message.contains(arguments[0]))
            #expect(sandbox.record(id) == before && ProcessTable.isAlive(first.runtime.process))
        }
    }

    @Test("A start whose command can't run does not end a runtime that does not answer")
    func startOverFrozenWithBadCommand() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            let lifecycle = try sandbox.lifecycle {
                ($0.adoptionTimeout, $0.probePeriod) = (.milliseconds(300), .milliseconds(100))
            }
            let first = try await lifecycle.getOrStart(id, command: sandbox.command())
            kill(first.runtime.process.pid, SIGSTOP)
            await #expect(throws: LifecycleError.self) {
                _ = try await lifecycle.getOrStart(id, command: RuntimeCommand(["/nonexistent/runtime"]))
            }
            #expect(ProcessTable.isAlive(first.runtime.process))
            kill(first.runtime.process.pid, SIGCONT)
            #expect(try await lifecycle.getOrStart(id, command: sandbox.command()).runtime == first.runtime)
        }
    }

    @Test("A restart in a removed directory names the directory and does not end the runtime")
    func restartInGoneDirectory() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            var command = sandbox.command()
            command.workingDirectory = sandbox.path + "/place"
            mkdir(sandbox.path + "/place", 0o700)
            let first = try await lifecycle.getOrStart(id, command: command)
            rmdir(sandbox.path + "/place")
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await lifecycle.restart(id, command: RuntimeCommand([]))
            }
            #expect(error.code == .invalidArgument && error.message.contains(sandbox.path + "/place"))
            #expect(ProcessTable.isAlive(first.runtime.process))
        }
    }

    @Test("Invalid values are refused before anything is changed")
    func invalidCommand() async throws {
        try await Sandbox.with { sandbox in
            let (id, lifecycle) = (try WorkspaceID("blue"), try sandbox.lifecycle())
            var commands = [sandbox.command("zero\0byte"), sandbox.command(), sandbox.command()]
            commands[1].endpoint = "https://127.0.0.1:8080"
            commands[2].environment["A=B"] = ""
            for command in commands {
                let error = await #expect(throws: LifecycleError.self) {
                    _ = try await lifecycle.getOrStart(id, command: command)
                }
                #expect(error?.code == .invalidArgument)
            }
            #expect(access(sandbox.root, F_OK) != 0)
        }
    }

    @Test("A program that can't be executed is told with the system's reason")
    func notExecutable() async throws {
        try await Sandbox.with { sandbox in
            let file = sandbox.path + "/program"
            let number = open(file, O_WRONLY | O_CREAT, 0o700)
            _ = OwnedDescriptor(number).writeAll(Array("not a program".utf8))
            let error = try await #require(throws: LifecycleError.self) {
                _ = try await sandbox.lifecycle().getOrStart(try WorkspaceID("blue"), command: RuntimeCommand([file]))
            }
            #expect(error.code == .runtimeExited && error.message.contains("exec failed"), "\(error)")
        }
    }
}

import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("What was missed is recovered over real sockets", .timeLimit(.minutes(1)))
struct RecoveryOverSocketsTests {
    @Test("On the first connection each event is delivered as it comes, and nothing is asked")
    func firstConnection() async throws {
        try await withFollowed { server, _, log in
            server.broadcast(Sent.shell("a"))
            try await log.wait(for: "shell a")
            #expect(log.content == ["connected", "status c0", "shell a"])
            #expect(log.states.map(\.name) == ["dialling", "live"])
            #expect(server.questions == [])
        }
    }

    @Test("After a reconnect: the gap, the missed output of the shell, then live events")
    func shell() async throws {
        try await withFollowed { server, _, log in
            server.broadcast(Sent.shell("one, which is long enough to be found\r\n"))
            try await log.wait(for: "shell one, which is long enough to be found\r\n")
            let before = log.elements.count
            try await server.outage { server.broadcast(Sent.shell("two\r\n")) }
            try await log.wait(for: "live", count: 2)
            server.broadcast(Sent.shell("three\r\n"))
            try await log.wait(for: "shell three\r\n")
            #expect(
                log.elements.dropFirst(before).map(\.words) == [
                    "waiting", "dialling", "recovering", "gap stream disconnected", "+shell two\r\n", "+refresh",
                    "live", "connected", "status c0", "shell three\r\n",
                ]
            )
        }
    }

    @Test("The output of a process is recovered from its ring, without a gap of the process")
    func processOutput() async throws {
        try await withFollowed(.shellless) { server, _, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "1"))
            server.broadcast(Sent.output("p", "e1", .standardError))
            try await log.wait(for: "p e1")
            let before = log.content.count
            try await server.outage {
                server.broadcast(Sent.output("p", "2"))
                server.broadcast(Sent.output("p", "e2", .standardError))
                server.broadcast(Sent.output("p", "3"))
            }
            try await log.wait(for: "live", count: 2)
            server.broadcast(Sent.output("p", "4"))
            try await log.wait(for: "p 4")
            #expect(
                log.content.dropFirst(before) == [
                    "gap stream disconnected", "+p 2", "+p e2", "+p 3", "+refresh", "connected", "status c0", "p 4",
                ]
            )
        }
    }

    @Test("If the ring has lost the last output that was delivered, a gap says so, and the rest is recovered")
    func evicted() async throws {
        var configuration = MockServerConfiguration.followed
        configuration.processOutputBytes = 8
        try await withFollowed(configuration) { server, _, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "1111"))
            try await log.wait(for: "p 1111")
            try await server.outage {
                for text in ["2222", "3333", "4444"] { server.broadcast(Sent.output("p", text)) }
            }
            try await log.wait(for: "live", count: 2)
            let gap = try #require(log.gaps.first { $0.scope == .process(id: "p") })
            #expect((gap.cause, gap.recovered) == (.evicted, .bytes(8)))
            #expect(log.content.contains("+p 3333") && log.content.contains("+p 4444"))
            #expect(!log.content.contains("+p 2222"))
        }
    }

    @Test("A process that ended during the gap: its output is a gap, and its end is recovered without an exit code")
    func endedProcess() async throws {
        try await withFollowed { server, follower, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "1"))
            try await log.wait(for: "p 1")
            let before = log.content.count
            try await server.outage {
                server.broadcast(Sent.output("p", "2"))
                server.broadcast(Sent.process("p", .exited, exitCode: 3))
            }
            try await log.wait(for: "live", count: 2)
            #expect(
                log.content.dropFirst(before).prefix(3) == ["gap stream disconnected", "gap p ended", "+p ended"]
            )
            #expect(follower.snapshot.processes["p"]?.hasEnded == true)
            #expect(follower.snapshot.processes["p"]?.status.exitCode == nil)
        }
    }

    @Test("A process that began during the gap is recovered with its output")
    func startedProcess() async throws {
        try await withFollowed { server, _, log in
            let before = log.content.count
            try await server.outage {
                server.broadcast(Sent.process("p", .running))
                server.broadcast(Sent.output("p", "1"))
            }
            try await log.wait(for: "live", count: 2)
            server.broadcast(Sent.output("p", "2"))
            try await log.wait(for: "p 2")
            let content = log.content.dropFirst(before).filter { !$0.hasPrefix("gap p") }
            #expect(content.prefix(3) == ["gap stream disconnected", "+p running", "+p 1"])
        }
    }

    @Test("Commits are recovered in the order of history, and not delivered again when they come late")
    func commits() async throws {
        try await withFollowed(.shellless) { server, _, log in
            server.broadcast(Sent.status(head: "c1"))
            server.broadcast(Sent.commit("c1", after: "c0"))
            try await log.wait(for: "commit c1")
            let before = log.content.count
            try await server.outage {
                server.broadcast(Sent.status(head: "c3"))
                server.broadcast(Sent.commit("c2", after: "c1"))
                server.broadcast(Sent.commit("c3", after: "c2"))
            }
            try await log.wait(for: "live", count: 2)
            // agentctl sees commits up to 2 s after the status, and tells the newest one first.
            server.broadcast(Sent.commit("c3", after: "c2"))
            server.broadcast(Sent.commit("c2", after: "c1"))
            server.broadcast(Sent.commit("c4", after: "c3"))
            try await log.wait(for: "commit c4")
            #expect(
                log.content.dropFirst(before) == [
                    "gap stream disconnected", "+commit c2", "+commit c3", "+refresh", "connected", "status c3",
                    "commit c4",
                ]
            )
        }
    }

    @Test("A head is missed only when its commits were delivered: a status alone does not count")
    func statusBeforeCommit() async throws {
        try await withFollowed { server, _, log in
            server.broadcast(Sent.status(head: "c1"))
            try await log.wait(for: "status c1")
            let before = log.content.count
            try await server.outage { server.broadcast(Sent.commit("c1", after: "c0")) }
            try await log.wait(for: "live", count: 2)
            #expect(log.content.dropFirst(before).prefix(2) == ["gap stream disconnected", "+commit c1"])
        }
    }

    @Test("If no commit leads from the old head to the new one, a gap names both")
    func otherHistory() async throws {
        try await withFollowed { server, _, log in
            try await server.outage {
                server.broadcast(Sent.commit("d1", after: "d0"))
                server.broadcast(Sent.status(head: "d1"))
            }
            try await log.wait(for: "live", count: 2)
            let gap = try #require(log.gaps.first { $0.scope == .git(repository: nil) })
            #expect(gap.heads == Gap.Heads(from: "c0", to: "d1"))
            #expect(gap.certainty == .unknown)
        }
    }

    @Test(
        "A status that does not come on the stream is asked for",
        arguments: [MockFaults.Replay.missing, .placeholder]
    )
    func missingStatus(replay: MockFaults.Replay) async throws {
        try await withFollowed { server, follower, log in
            var scenario = Scenario.idle
            scenario.faults.replay = replay
            try await server.outage(then: scenario) { server.broadcast(Sent.status(head: "c0", modified: ["a"])) }
            try await log.wait(for: "live", count: 2)
            #expect(server.questions.contains("GET /api/v1/git/status"))
            #expect(log.content.contains("+status c0"))
            #expect(follower.snapshot.repositories[""]?.status.modified == ["a"])
        }
    }

    @Test("An answer that fails is a gap of its scope, and the stream goes on")
    func failedAnswers() async throws {
        try await withFollowed { server, _, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "1"))
            try await log.wait(for: "p 1")
            var scenario = Scenario.idle
            for path in ["shell/buffer", "processes/:id", "git/log"] {
                scenario.faults.answers.append(
                    AnswerFault("GET /api/v1/\(path)", .failure(status: 500, message: "fault"), count: 1)
                )
            }
            try await server.outage(then: scenario) { server.broadcast(Sent.status(head: "c1")) }
            try await log.wait(for: "live", count: 2)
            #expect(
                log.content.filter { $0.hasPrefix("gap") } == [
                    "gap stream disconnected", "gap git disconnected", "gap p disconnected", "gap shell disconnected",
                ]
            )
            server.broadcast(Sent.shell("on"))
            try await log.wait(for: "shell on")
        }
    }

    @Test("A shell that was started after the attach is heard after another attach")
    func lateShell() async throws {
        try await withFollowed(.shellless) { server, follower, log in
            // The start of a shell has whole seconds.
            let attached = try #require(log.elements.compactMap(\.timestamp).first)
            try await eventually("the next second") { UnixTime.milliseconds / 1000 > attached / 1000 }
            try await #require(follower.control).startShell()
            follower.reconcile()
            try await log.wait(for: "live", count: 2)
            let waits = log.states.compactMap { state in
                if case .waiting(let wait) = state { wait.failure.kind } else { nil }
            }
            #expect(waits == [.reattach])
            #expect(!log.content.contains { $0.hasPrefix("gap shell") })
            try await #require(follower.stream).sendShellInput("typed")
            try await log.wait(for: "shell typed")
        }
    }

    @Test("A shell that ended during the gap is a gap, because its last output is forgotten")
    func endedShell() async throws {
        let first = try await MockServer.start(.followed)
        first.broadcast(Sent.status(head: "c0"))
        try await withFollower(of: StaticEndpointSource(try first.endpoint)) { _, log in
            try await log.wait(for: "status c0")
            first.broadcast(Sent.shell("text"))
            try await log.wait(for: "shell text")
            let second = try await first.restart(MockRestart(hasShell: false))
            let outcome = try await Result.catching {
                try await log.wait(for: "live", count: 2)
                #expect(log.content.contains("gap shell ended"))
            }
            await second.stop()
            try outcome.get()
        }
    }

    @Test("A replaced instance is a gap that says so, and nothing is recovered from its shell")
    func replaced() async throws {
        var configuration = MockServerConfiguration.followed
        configuration.instanceID = "one"
        let first = try await MockServer.start(configuration)
        first.broadcast(Sent.status(head: "c0"))
        let port = first.url
        let id = Locked("one")
        let source = ClosureEndpointSource {
            FollowedEndpoint(try RuntimeEndpoint(port, instanceID: id.withLock { $0 }))
        }
        var quick = FollowerConfiguration.quick
        quick.runtime.instanceCheck = .milliseconds(50)
        try await withFollower(of: source, quick) { _, log in
            try await log.wait(for: "status c0")
            first.broadcast(Sent.shell("old\r\n"))
            try await log.wait(for: "shell old\r\n")
            // The stream of the old instance is a ghost: only HTTP tells.
            let second = try await first.restart(MockRestart(instanceID: "two", leavesGhosts: true))
            id.withLock { $0 = "two" }
            second.broadcast(Sent.shell("new\r\n"))
            let outcome = try await Result.catching {
                try await log.wait(for: "live", count: 2)
                #expect(log.content.contains("gap stream replaced"))
                #expect(log.content.contains("+shell new\r\n"))
                second.broadcast(Sent.shell("on"))
                try await log.wait(for: "shell on")
            }
            await first.stop()
            await second.stop()
            try outcome.get()
        }
    }

    @Test("A server that was restarted is followed: its shell is another one, which a gap tells")
    func restarted() async throws {
        let first = try await MockServer.start(.followed)
        first.broadcast(Sent.status(head: "c0"))
        try await withFollower(of: StaticEndpointSource(try first.endpoint)) { _, log in
            try await log.wait(for: "status c0")
            first.broadcast(Sent.shell("the output of the old shell, which is gone\r\n"))
            first.broadcast(Sent.process("p", .running))
            try await log.wait(for: "p running")
            let second = try await first.restart()
            let outcome = try await Result.catching {
                try await log.wait(for: "live", count: 2)
                #expect(log.content.contains("gap p ended"))
                second.broadcast(Sent.shell("on"))
                try await log.wait(for: "shell on")
            }
            await second.stop()
            try outcome.get()
        }
    }
}

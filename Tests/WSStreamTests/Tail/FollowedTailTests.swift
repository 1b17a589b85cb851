import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing
import WorkspaceProtocol

@testable import wsstream

@Suite("A followed tail", .timeLimit(.minutes(1)))
struct FollowedTailTests {
    private static let time = RFC3339Timestamp(rawValue: "2026-01-01T00:00:00Z")
    private static let commit = WorkspaceEvent(
        .gitCommit(GitCommit(timestamp: Self.time, message: "m", committedAt: Self.time)),
        timestamp: 1
    )
    private static let output = WorkspaceEvent(.shellOutput("o"), timestamp: 2)
    private static let status = WorkspaceEvent(.gitStatus(GitStatus(timestamp: Self.time)), timestamp: 3)

    // MARK: Nothing is lost

    /// An unmasked text frame of at most 125 bytes.
    private static func frame(_ text: String) -> ScenarioStep {
        .garbage([0x81, UInt8(text.utf8.count)] + text.utf8)
    }

    @Test(
        "Where nothing is lost it shows the same bytes as the tail of one stream, and tells nothing",
        arguments: [EventRenderer.raw, .json(JSONRenderer()), .pretty(PrettyRenderer(isColored: false))]
    )
    func showsTheSame(renderer: EventRenderer) async throws {
        let steps: [ScenarioStep] = [
            .skipAttach, .send([Self.output, Self.status, Self.status, Self.commit]),
            Self.frame(#" { "data":"\u00e9","timestamp" : 7, "type":"shell_output", "seq":1e3 } "#),
            Self.frame(#"{"timestamp":8,"type":"pong"}"#), Self.frame("{oops"),
            Self.frame(#"{"type":"new", "x": [1] }"#),
            Self.frame(#"{"type": "file_change", "file_change": {"operation": "write", "path": "a"}}"#),
            .close(.normalClosure),
        ]
        try await withMockServer(server(steps)) { server in
            var texts: [String] = []
            for mode in TailMode.allCases {
                let setup = try TailSetup(server.url, mode, renderer: renderer)
                let report = try await setup.run()
                #expect(report.end.status == .clean)
                #expect(report.statistics.events == 9)
                #expect(setup.told.isEmpty)
                texts.append(setup.sink.text)
            }
            #expect(texts[1] == texts[0])
            #expect(texts[2] == texts[0])
        }
    }

    @Test("No request delays the first connection, and none is made")
    func asksNothing() async throws {
        try await withMockServer(server([.skipAttach, .send([Self.output])])) { server in
            let setup = try TailSetup(server.url, .followed)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await withTimeout("the event") { await setup.sink.firstWrite.wait() }
            stop.resolve(())
            #expect(try await report.end.status == .clean)
            #expect(server.requests.allSatisfy { $0.target == AgentctlAPI.workspaceStreamPath })
        }
    }

    // MARK: A lost connection

    @Test("After a lost connection there is one line for the gap of the stream, and then it goes on")
    func goesOn() async throws {
        try await withMockServer(server([])) { server in
            let setup = try TailSetup(server.url, .followed)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await eventually("the attach sequence is shown") { setup.sink.lines.count == 2 }
            server.abortAll()
            try await eventually("it is live again") { setup.told.last?.hasPrefix("live again after ") == true }
            server.broadcast(Self.commit)
            try await eventually("the commit is shown") { setup.sink.text.contains("git_commit") }
            stop.resolve(())
            let following = try #require(try await report.statistics.following)
            let events = setup.sink.lines.filter { !$0.hasPrefix(#"{"gap""#) }
            #expect(try await report.end.status == .clean)
            let gap = try #require(setup.sink.lines.firstIndex { $0.hasPrefix(#"{"gap":{"scope":"stream""#) })
            #expect(gap == 2)
            #expect(setup.sink.lines.count { $0.contains(#""scope":"stream""#) } == 1)
            #expect(!setup.sink.lines[gap].contains(#""type""#))
            #expect(setup.sink.lines[gap...].contains { $0.hasPrefix(#"{"type":"connected""#) })
            #expect(setup.sink.lines[gap...].contains { $0.hasSuffix(#","recovered":"refresh"}"#) })
            #expect(following.reconnects == 1)
            let received = events.filter { !$0.contains(#""recovered":""#) }.reduce(0) { $0 + $1.utf8.count }
            #expect(try await report.statistics.bytes >= received)
            #expect(following.gaps == setup.sink.lines.count - events.count)
            #expect(following.recovered == events.count { $0.contains(#""recovered":""#) })
            #expect(setup.told.first?.hasPrefix("waiting 0.") == true)
            #expect(setup.told.first?.contains(" s before attempt 2: ") == true)
        }
    }

    @Test("A filter hides events, but no gap")
    func filtersEventsOnly() async throws {
        try await withMockServer(server(attempts: [[.cut], [.close(.normalClosure)]])) { server in
            var setup = try TailSetup(server.url, .followed)
            setup.session.filter = TypeFilter(["shell_exit"])
            #expect(try await setup.run().end.status == .clean)
            #expect(setup.sink.lines.count >= 1)
            #expect(setup.sink.lines.allSatisfy { $0.hasPrefix(#"{"gap":{"#) })
        }
    }

    @Test("The count counts events, recovered ones too, and no gaps")
    func countsEvents() async throws {
        try await withMockServer(server(attempts: [[.cut], []])) { server in
            var setup = try TailSetup(server.url, .followed)
            setup.session.limits.count = 5
            let report = try await setup.run()
            #expect(report.end.description == TailEnd.countReached.description)
            #expect(report.statistics.shown == 5)
            let gaps = setup.sink.lines.count { $0.hasPrefix(#"{"gap""#) }
            #expect(gaps >= 1)
            #expect(setup.sink.lines.count - gaps == 5)
        }
    }

    @Test(
        "An end after `connected` that may pass leads to the next connection",
        arguments: [
            .cut, .close(.internalError), .close(.serviceRestart), .garbage(Array("this is not a frame".utf8)),
        ] as [ScenarioStep]
    )
    func connectsAgain(end: ScenarioStep) async throws {
        try await withMockServer(server(attempts: [[end], []])) { server in
            let setup = try TailSetup(server.url, .followed)
            async let report = setup.run()
            try await eventually("it is live again") { setup.told.last?.hasPrefix("live again after ") == true }
            await server.closeAll(.normalClosure)
            #expect(try await report.end.description == "closed by the server: 1000")
            #expect(try await report.statistics.following?.reconnects == 1)
            #expect(try await report.remainingTasks == 0)
        }
    }

    @Test("What came before a normal close is shown after the gap, even if nothing could be recovered any more")
    func showsWhatCameBeforeTheEnd() async throws {
        let last: [ScenarioStep] = [.send([Self.output]), .close(.normalClosure)]
        try await withMockServer(server(attempts: [[.cut], last])) { server in
            let setup = try TailSetup(server.url, .followed)
            #expect(try await setup.run().end.status == .clean)
            let gap = try #require(setup.sink.lines.firstIndex { $0.hasPrefix(#"{"gap":{"scope":"stream""#) })
            #expect(gap == 2)
            #expect(setup.sink.lines.last == #"{"type":"shell_output","timestamp":2,"data":"o"}"#)
        }
    }

    // MARK: Ends

    @Test(
        "A normal close by the server always ends it with 0: with and without `connected`, and while it waits",
        arguments: [CloseCode.normalClosure, .goingAway],
        [[], [.skipAttach]] as [[ScenarioStep]]
    )
    func endsWithANormalClose(code: CloseCode, before: [ScenarioStep]) async throws {
        try await withMockServer(server(before + [.close(code)])) { server in
            for mode in [TailMode.followed, .waiting] {
                let setup = try TailSetup(server.url, mode)
                let report = try await setup.run()
                #expect(report.end.status == .clean)
                #expect(report.end.complaint == nil)
                #expect(setup.told.isEmpty)
            }
        }
    }

    @Test(
        "An end before `connected` has the exit codes of one stream, even after other events",
        arguments: [
            ([.skipAttach, .cut], Status.connectionLost),
            ([.skipAttach, .send([Self.output]), .cut], .connectionLost),
            ([.skipAttach, .close(.internalError, reason: "out of memory")], .connectionLost),
            ([.skipAttach, .close(.policyViolation)], .refused), ([.skipAttach, .close(.tryAgainLater)], .tryLater),
            ([.skipAttach, .garbage(Array("this is not a frame".utf8))], .protocolError),
        ] as [([ScenarioStep], Status)]
    )
    func endsBeforeConnected(steps: [ScenarioStep], status: Status) async throws {
        try await withMockServer(server(steps)) { server in
            let setup = try TailSetup(server.url, .followed)
            let report = try await setup.run()
            #expect(report.end.status == status, "\(report.end.description)")
            #expect(report.end.complaint != nil)
            #expect(setup.told.isEmpty)
            let sent = steps.contains { if case .send = $0 { true } else { false } }
            #expect(setup.sink.lines.count == (sent ? 1 : 0))
        }
    }

    @Test(
        "After `connected`, a failure that no retry can mend ends it with its own code",
        arguments: [
            ([.refuseUpgrade(status: 403)], Status.unauthorized), ([.refuseUpgrade(status: 404)], .refused),
            ([.close(.policyViolation, reason: "go away")], .refused),
        ] as [([ScenarioStep], Status)]
    )
    func endsForGood(steps: [ScenarioStep], status: Status) async throws {
        try await withMockServer(server(attempts: [[.cut], steps])) { server in
            let report = try await TailSetup(server.url, .followed).run()
            #expect(report.end.status == status, "\(report.end.description)")
            #expect(report.end.complaint != nil)
        }
    }

    @Test("Told to wait, it tries again before `connected`, and tells that it does")
    func waits() async throws {
        let attempts: [[ScenarioStep]] = [
            [.refuseUpgrade(status: 503)], [.dropUpgrade], [.skipAttach, .cut], [.close(.normalClosure)],
        ]
        try await withMockServer(server(attempts: attempts)) { server in
            let setup = try TailSetup(server.url, .waiting)
            let report = try await setup.run()
            #expect(report.end.status == .clean)
            #expect(setup.told.count { $0.hasPrefix("waiting ") } == 3)
            #expect(setup.told.first?.contains("503") == true)
            #expect(setup.told.contains { $0.hasPrefix("live after ") })
        }
    }

    @Test("Told to wait, it still ends at once where waiting can't help")
    func waitsNotForGood() async throws {
        try await withMockServer(server([]) { $0.token = "s3cr3t" }) { server in
            let setup = try TailSetup(server.url, .waiting, token: "other")
            #expect(try await setup.run().end.status == .unauthorized)
            #expect(setup.told.isEmpty)
        }
    }

    @Test("Told to end at a gap, it ends at the first one, which is its last line, with a code of its own")
    func endsAtAGap() async throws {
        try await withMockServer(server(attempts: [[.cut], []])) { server in
            var setup = try TailSetup(server.url, .followed)
            setup.session.endsAtGap = true
            let report = try await setup.run()
            #expect(report.end.status == .missed)
            #expect(report.end.complaint?.description.hasPrefix("events may be missing: stream: ") == true)
            #expect(setup.sink.lines.count == 3)
            #expect(setup.sink.lines.last?.hasPrefix(#"{"gap":{"scope":"stream","cause":"disconnected""#) == true)
            #expect(report.remainingTasks == 0)
        }
    }

    @Test("A stop ends a wait between two attempts at once")
    func stopsAWait() async throws {
        let refusal = ScenarioStep.refuseUpgrade(status: 503, fields: ["Retry-After": "300"])
        try await withMockServer(server(attempts: [[.cut], [refusal]])) { server in
            let setup = try TailSetup(server.url, .followed)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await eventually("a long wait is told") { setup.told.last?.hasPrefix("waiting 30") == true }
            let start = ContinuousClock.now
            stop.resolve(())
            #expect(try await report.end.status == .clean)
            #expect(try await report.remainingTasks == 0)
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test("The time also ends while it waits")
    func endsAfterTheDurationOfAWait() async throws {
        let refusal = ScenarioStep.refuseUpgrade(status: 503, fields: ["Retry-After": "300"])
        try await withMockServer(server(attempts: [[.cut], [refusal]])) { server in
            var setup = try TailSetup(server.url, .followed)
            let clock = GatedClock()
            setup.session.limits.duration = .seconds(3600)
            setup.session.clock = clock
            let limited = setup
            async let report = limited.run()
            try await eventually("a long wait is told") { limited.told.last?.hasPrefix("waiting 30") == true }
            clock.letSleepersGo()
            #expect(try await report.end.description == TailEnd.durationReached.description)
            #expect(try await report.end.status == .clean)
        }
    }

    // MARK: Another endpoint

    @Test("The source is asked before each attempt: a runtime that was restarted elsewhere is followed, and replaced")
    func followsARestart() async throws {
        try await withMockServer(server([])) { first in
            try await withMockServer(server([.close(.normalClosure)])) { second in
                let isMoved = Locked(false)
                let endpoints = try [first, second].map { try RuntimeEndpoint($0.url) }
                let source = TailEndpointSource {
                    isMoved.withLock { $0 }
                        ? FollowedEndpoint(endpoints[1], generation: 2) : FollowedEndpoint(endpoints[0], generation: 1)
                }
                let follower = try WorkspaceFollower(
                    of: source,
                    configuration: .tail(AgentRuntimeConfiguration(), TailRetries(source: source), keepsFrames: true)
                )
                let sink = CollectingSink()
                var session = TailSession(feed: .follower(follower, source: source), sink: sink)
                session.renderer = .json(JSONRenderer())
                async let report = session.run { _ = try? await Promise<Void>().waitUnlessCancelled() }
                try await eventually("the attach sequence is shown") { sink.lines.count == 2 }
                isMoved.withLock { $0 = true }
                first.abortAll()
                #expect(await report.end.status == .clean)
                #expect(sink.text.contains(#"{"gap":{"scope":"stream","cause":"replaced""#))
            }
        }
    }
}

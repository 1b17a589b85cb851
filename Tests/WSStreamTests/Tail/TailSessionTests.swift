import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import wsstream

@Suite("A tail of one stream, and what a followed one has in common with it", .timeLimit(.minutes(1)))
struct TailSessionTests {
    private static let commit = WorkspaceEvent(.gitCommit(GitCommit(message: "m")), timestamp: 1)
    private static let output = WorkspaceEvent(.shellOutput("o"), timestamp: 2)

    // MARK: Ends

    @Test("It ends after the server's normal close, with all events shown", arguments: TailMode.allCases)
    func endsWithTheServer(mode: TailMode) async throws {
        let steps: [ScenarioStep] = [.send([Self.commit, Self.output]), .close(.normalClosure)]
        try await withMockServer(server(steps)) { server in
            let setup = try TailSetup(server.url, mode)
            let report = try await setup.run()
            #expect(report.end.status == .clean)
            #expect(report.end.description == "closed by the server: 1000")
            #expect(report.remainingTasks == 0)
            #expect(setup.isClosed)
            #expect(setup.told.isEmpty)
            #expect(setup.sink.lines.count == 4)
            #expect(setup.sink.lines.last == #"{"type":"shell_output","timestamp":2,"data":"o"}"#)
            #expect(report.statistics.events == 4)
            #expect(report.statistics.bytes > 0)
            #expect(report.statistics.elapsed.map { $0 > .zero } == true)
        }
    }

    @Test("It ends after exactly the count of events that pass the filter", arguments: [1, 2, 7], TailMode.allCases)
    func endsAfterTheCount(count: Int, mode: TailMode) async throws {
        let flood = ScenarioStep.loop([.send([Self.commit, Self.output], repeat: 10)])
        try await withMockServer(server([flood])) { server in
            var setup = try TailSetup(server.url, mode)
            setup.session.filter = TypeFilter(["git_commit"])
            setup.session.limits.count = count
            let report = try await setup.run()
            #expect(report.end.description == TailEnd.countReached.description)
            #expect(report.end.status == .clean)
            #expect(setup.sink.lines.count == count)
            #expect(setup.sink.lines.allSatisfy { $0.hasPrefix(#"{"type":"git_commit""#) })
            #expect(report.statistics.shown == count)
            try await server.waitForConnections(0)
        }
    }

    @Test("It ends when the time is over, by its own clock", arguments: TailMode.allCases)
    func endsAfterTheDuration(mode: TailMode) async throws {
        try await withMockServer(server([])) { server in
            var setup = try TailSetup(server.url, mode)
            let clock = GatedClock()
            setup.session.limits.duration = .seconds(3600)
            setup.session.clock = clock
            async let report = setup.run()
            try await server.waitForConnections(1)
            clock.letSleepersGo()
            #expect(try await report.end.description == TailEnd.durationReached.description)
            #expect(try await report.end.status == .clean)
        }
    }

    @Test(
        "A stop closes through the barrier: the server sees a normal close, and nothing is left",
        arguments: TailMode.allCases
    )
    func stops(mode: TailMode) async throws {
        try await withMockServer(server([])) { server in
            let setup = try TailSetup(server.url, mode)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await withTimeout("the first event") { await setup.sink.firstWrite.wait() }
            stop.resolve(())
            #expect(try await report.end.description == TailEnd.interrupted.description)
            #expect(try await report.remainingTasks == 0)
            try await server.waitForConnections(0)
        }
    }

    @Test("A stop cancels a dial that hangs", arguments: TailMode.allCases)
    func stopsTheDial(mode: TailMode) async throws {
        try await withMockServer(server([.holdUpgrade(nil)])) { server in
            let setup = try TailSetup(server.url, mode)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await server.waitForUpgrades(1)
            stop.resolve(())
            #expect(try await report.end.status == .clean)
            #expect(try await report.statistics.elapsed == nil)
            #expect(setup.isClosed)
        }
    }

    // MARK: Failures

    @Test("A cut is a lost connection, reported after the earlier events")
    func reportsACut() async throws {
        try await withMockServer(server([.send([Self.commit]), .waitForCommand(.ping), .cut])) { server in
            let setup = try TailSetup(server.url)
            async let report = setup.run()
            try await withTimeout("the first event") { await setup.sink.firstWrite.wait() }
            try await eventually("the commit is shown") { setup.sink.text.contains("git_commit") }
            server.abortAll()
            #expect(try await report.end.status == .connectionLost)
            #expect(try await report.end.complaint?.description.contains("run the command again") == true)
            #expect(try await report.statistics.events == 3)
        }
    }

    @Test("Bytes that are no WebSocket frame are a protocol error")
    func reportsAViolation() async throws {
        try await withMockServer(server([.garbage(Array("this is not a frame".utf8))])) { server in
            let report = try await TailSetup(server.url).run()
            #expect(report.end.status == .protocolError)
        }
    }

    @Test(
        "A close with an error code is told",
        arguments: [
            (CloseCode.internalError, Status.connectionLost), (.policyViolation, .refused),
        ]
    )
    func reportsAnErrorClose(code: CloseCode, status: Status) async throws {
        try await withMockServer(server([.close(code, reason: "out of memory")])) { server in
            let report = try await TailSetup(server.url).run()
            #expect(report.end.status == status)
            #expect(report.end.complaint?.description.contains("out of memory") == true)
        }
    }

    @Test(
        "A wrong token, another instance and another status are refusals of their own",
        arguments: [
            (nil, "i1", [], Status.unauthorized),
            ("s3cr3t", "other", [], .refused),
            ("s3cr3t", "i1", [.refuseUpgrade(status: 503)], .tryLater),
            ("s3cr3t", "i1", [.refuseUpgrade(status: 400)], .refused),
            ("s3cr3t", "i1", [.dropUpgrade], .unreachable),
            ("s3cr3t", "i1", [.close(.normalClosure)], .clean),
        ] as [(String?, String, [ScenarioStep], Status)],
        [TailMode.stream, .followed]
    )
    func reportsRefusals(
        _ refusal: (token: String?, id: String, steps: [ScenarioStep], expected: Status),
        mode: TailMode
    ) async throws {
        let (token, id, steps, expected) = refusal
        let configuration = server(steps) { ($0.token, $0.instanceID) = ("s3cr3t", "i1") }
        try await withMockServer(configuration) { server in
            let report = try await TailSetup(server.url, mode, token: token, instanceID: id).run()
            #expect(report.end.status == expected, "\(report.end.description)")
            #expect(report.end.complaint?.description.contains("s3cr3t") != true)
            #expect(report.remainingTasks == 0)
        }
    }

    @Test("Nobody at the address is told as such", arguments: [TailMode.stream, .followed])
    func reportsNobody(mode: TailMode) async throws {
        let port = try await withMockServer { server in server.port }
        let report = try await TailSetup("ws://127.0.0.1:\(port)", mode).run()
        #expect(report.end.status == .unreachable)
    }

    @Test(
        "A reader that left is no failure, a full disk is",
        arguments: [
            (OutputError.readerLeft, Status.clean), (.failed("No space left on device"), .outputFailed),
        ],
        TailMode.allCases
    )
    func reportsOutput(_ output: (error: OutputError, status: Status), mode: TailMode) async throws {
        let (error, status) = output
        try await withMockServer(server([])) { server in
            let report = try await TailSetup(server.url, mode, sink: CollectingSink(failingWith: error)).run()
            #expect(report.end.status == status)
            #expect((report.end.complaint == nil) == (status == .clean))
        }
    }

    @Test("A reader that leaves ends it at once, also while nothing comes", arguments: TailMode.allCases)
    func endsWithItsReader(mode: TailMode) async throws {
        try await withMockServer(server([])) { server in
            let setup = try TailSetup(server.url, mode)
            async let report = setup.run()
            try await withTimeout("the first event") { await setup.sink.firstWrite.wait() }
            setup.sink.readerLeft.resolve(())
            #expect(try await report.end.description == TailEnd.readerLeft.description)
            #expect(try await report.remainingTasks == 0)
        }
    }

    // MARK: Output

    @Test("A flood is written in large pieces, in order and without a loss", arguments: [TailMode.stream, .followed])
    func writesInPieces(mode: TailMode) async throws {
        let steps: [ScenarioStep] = [.generate(GeneratedEvents(count: 5_000)), .close(.normalClosure)]
        try await withMockServer(server(steps)) { server in
            let setup = try TailSetup(server.url, mode)
            let report = try await setup.run()
            // If the flood takes longer than a second, an audit may tell what it could not compare.
            let recovered = report.statistics.following?.recovered ?? 0
            let gaps = report.statistics.following?.gaps ?? 0
            #expect(report.statistics.events - recovered == 5_002)
            #expect(setup.sink.lines.count - recovered - gaps == 5_002)
            #expect(setup.sink.writes.count < 500)
            #expect(setup.sink.writes.allSatisfy { $0.count < 128 * 1024 && $0.last == UInt8(ascii: "\n") })
        }
    }

    @Test("An event is shown at once when no other follows", arguments: TailMode.allCases)
    func writesAtOnce(mode: TailMode) async throws {
        try await withMockServer(server([])) { server in
            let setup = try TailSetup(server.url, mode)
            let stop = Promise<Void>()
            async let report = setup.run(until: stop)
            try await eventually("the attach sequence is shown") { setup.sink.lines.count == 2 }
            server.broadcast(Self.commit)
            try await eventually("the commit is shown") { setup.sink.lines.count == 3 }
            stop.resolve(())
            _ = try await report
        }
    }

    @Test("Without a renderer nothing is written, and all is counted", arguments: TailMode.allCases)
    func staysQuiet(mode: TailMode) async throws {
        let steps: [ScenarioStep] = [.send([Self.commit]), .close(.normalClosure)]
        try await withMockServer(server(steps)) { server in
            let setup = try TailSetup(server.url, mode, renderer: nil)
            let report = try await setup.run()
            #expect(setup.sink.writes.isEmpty)
            #expect(report.statistics.shown == 3)
            #expect(report.statistics.byType[.gitCommit] == 1)
        }
    }

    @Test(
        "The raw format shows each frame as it came, also behind a filter",
        arguments: [FrameStyle.plain, .gorilla],
        TailMode.allCases
    )
    func showsFrames(style: FrameStyle, mode: TailMode) async throws {
        let odd = WorkspaceEventDecoder().decode(Array(#"{ "type" : "new", "x":[ 1 ] }"#.utf8))
        let steps: [ScenarioStep] = [.send([Self.commit, odd, Self.output, odd]), .close(.normalClosure)]
        try await withMockServer(server(steps) { $0.frameStyle = style }) { server in
            var setup = try TailSetup(server.url, mode, renderer: .raw)
            setup.session.filter = TypeFilter(["unknown"])
            let report = try await setup.run()
            #expect(report.end.status == .clean)
            let line = #"{ "type" : "new", "x":[ 1 ] }"#
            #expect(setup.sink.text == "\(line)\n\(line)\n")
        }
    }

    @Test("The live line is told numbers while the stream is open", arguments: TailMode.allCases)
    func ticks(mode: TailMode) async throws {
        try await withMockServer(server([])) { server in
            var setup = try TailSetup(server.url, mode)
            let (clock, stop, sink) = (GatedClock(), Promise<Void>(), setup.sink)
            setup.session.clock = clock
            setup.session.onTick = { if $0.events == 2, $0.bytes > 0, $0.elapsed != nil { stop.resolve(()) } }
            async let report = setup.run(until: stop)
            try await eventually("the attach sequence is shown") { sink.lines.count == 2 }
            clock.letSleepersGo()
            #expect(try await report.end.description == TailEnd.interrupted.description)
        }
    }
}

import AgentRuntime
import ConcurrencyPrimitives
import InMemoryTracing
import Logging
import MockAgentServer
import TestSupport
import Testing
import Tracing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("What a follower lets others observe", .timeLimit(.minutes(1)))
struct FollowerObservationTests {
    @Test("The states come in their order, one at a time, and each gap once")
    func order() async throws {
        let seen = Recorder<FollowerObservation>()
        let running = Locked(0)
        var configuration = FollowerConfiguration.quick
        configuration.observer = .all([
            FollowerObserver { seen.append($0) },
            FollowerObserver { _ in
                #expect(
                    running.withLock {
                        $0 += 1; return $0
                    } == 1
                )
                running.withLock { $0 -= 1 }
            },
        ])
        try await withFollowed(.followed, configuration) { server, follower, log in
            for round in 1...3 {
                server.abortAll()
                try await eventually("live again") { follower.statistics.losses == round }
                try await server.waitForConnections(1)
                try await eventually("live again") { follower.snapshot.connection == .live }
            }
        }
        try await eventually("the end") { seen.values.contains { $0.after?.name == "gone" } }
        let changes = seen.values.compactMap { observation -> (FollowerState, FollowerState)? in
            if case .changed(let before, let after) = observation.kind { (before, after) } else { nil }
        }
        #expect(changes.first?.0 == .idle)
        for (one, next) in zip(changes, changes.dropFirst()) { #expect(one.1 == next.0) }
        #expect(changes.count { $0.1 == .live } == 4)
        let reconnects = seen.values.count { if case .reconnecting = $0.kind { true } else { false } }
        #expect(reconnects == 3)
        let gaps = seen.values.count { if case .gap(let gap) = $0.kind { gap.scope == .stream } else { false } }
        #expect(gaps == 3)
        let recoveries = seen.values.count { if case .recovered = $0.kind { true } else { false } }
        #expect(recoveries == 3)
    }

    @Test("Without an observer and without debug lines nothing is collected")
    func unused() throws {
        #expect(FollowerWatch(FollowerConfiguration(), .workspace) == nil)
        var configuration = FollowerConfiguration()
        configuration.runtime.logger = Logger(label: "test") { _ in CapturedLines(lines: Recorder(), logLevel: .info) }
        #expect(FollowerWatch(configuration, .agent) == nil)
    }

    @Test("A recovery is a span, and its questions are below it")
    func recoverySpan() async throws {
        let tracer = InMemoryTracer()
        var configuration = FollowerConfiguration.quick
        configuration.runtime.tracer = tracer
        try await withFollowed(.followed, configuration) { server, follower, _ in
            server.abortAll()
            try await eventually("a recovery") {
                tracer.finishedSpans.contains { $0.operationName == "agentctl.recovery" }
            }
        }
        let recovery = try #require(tracer.finishedSpans.first { $0.operationName == "agentctl.recovery" })
        #expect(recovery.attributes.get("agentctl.stream") == .string("workspace"))
        let questions = tracer.finishedSpans.filter { $0.parentSpanID == recovery.spanID }
        #expect(!questions.isEmpty && questions.allSatisfy { $0.operationName == "agentctl.control" })
        #expect(tracer.finishedSpans.count { $0.operationName == "agentctl.dial" } >= 2)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("The lines name workspace, generation and connection, and hold nothing that was sent")
    func log() async throws {
        let lines = Recorder<CapturedLines.Line>()
        var configuration = FollowerConfiguration.quick
        configuration.runtime.logger = Logger(label: "test") { _ in CapturedLines(lines: lines) }
        try await withMockServer(.followed) { server in
            let endpoint = try RuntimeEndpoint(server.url, instanceID: "exec-1")
            let source = ClosureEndpointSource { FollowedEndpoint(endpoint, generation: 3) }
            try await withFollower(of: source, configuration) { follower, log in
                try await log.wait(for: "live")
                server.broadcast(WorkspaceEvent(.shellOutput("SECRET output\n")))
                try await eventually("the output") { follower.snapshot.shell.tail.contains("SECRET") }
                server.abortAll()
                try await eventually("a gap") { lines.values.contains { $0.message == "Follower has a gap" } }
                try await eventually("live again") { follower.snapshot.connection == .live }
            }
        }
        let all = lines.values
        #expect(all.allSatisfy { $0.level == .debug && !$0.text.contains("SECRET") })
        let opened = all.filter { $0.message == "WebSocket opened" }
        #expect(opened.count == 2)
        for line in opened { #expect(line.metadata["workspace"] == "exec-1" && line.metadata["generation"] == "3") }
        let lost = try #require(all.first { $0.metadata["state"] == "waiting" })
        #expect(lost.metadata["connection"] == opened.first?.metadata["connection"])
        #expect(lost.metadata["workspace"] == "exec-1" && lost.metadata["generation"] == "3")
        #expect(lost.metadata["failure"] == "stream" && lost.metadata["reason"] == "connectionLost")
        let recovering = try #require(all.last { $0.metadata["state"] == "recovering" })
        #expect(recovering.metadata["connection"] == opened.last?.metadata["connection"])
        let gap = try #require(all.first { $0.message == "Follower has a gap" })
        #expect(gap.metadata["scope"] == "stream" && gap.metadata["cause"] == "disconnected")
    }
}

extension FollowerObservation {
    fileprivate var after: FollowerState? { if case .changed(_, let after) = self.kind { after } else { nil } }
}

/// Keeps every line of a logger.
private struct CapturedLines: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]

        var text: String { "\(self.message) \(self.metadata)" }
    }

    let lines: Recorder<Line>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(lines: Recorder<Line>, logLevel: Logger.Level = .debug) { (self.lines, self.logLevel) = (lines, logLevel) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
        self.lines.append(
            Line(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" })
        )
    }
}

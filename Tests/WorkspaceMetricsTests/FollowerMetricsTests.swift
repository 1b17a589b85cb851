import AgentRuntime
import CoreMetrics
import MetricsTestKit
import MockAgentServer
import PrometheusText
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceMetrics
import WorkspaceProtocol

@Suite("Metrics of following", .timeLimit(.minutes(1)))
struct FollowerMetricsTests {
    private let metrics = TestMetrics()

    private func count(_ name: String, _ labels: [(String, String)] = []) -> Int64 {
        self.metrics.counterTotal(label: name, dimensions: [("stream", "workspace")] + labels)
    }

    private func streams(_ phase: String) -> Double {
        let meter = try? self.metrics.expectMeter("workspace_streams", [("stream", "workspace"), ("phase", phase)])
        return meter?.last?.1 ?? 0
    }

    private func values(_ name: String, _ labels: [(String, String)]) -> [Int64] {
        (try? self.metrics.expectTimer(name, [("stream", "workspace")] + labels))?.values ?? []
    }

    private var configuration: FollowerConfiguration {
        var configuration = FollowerConfiguration()
        configuration.reconnect.firstRetry = .milliseconds(10)
        configuration.recovery.statusWait = .milliseconds(100)
        configuration.dialLimiter = DialLimiter()
        configuration.observer = .metrics(factory: self.metrics)
        return configuration
    }

    @Test("A lost connection over a real socket: phases, the reconnect, the gap, and what was recovered")
    func overSockets() async throws {
        var server = MockServerConfiguration()
        server.scenario = .idle
        server.hasShell = true
        try await withMockServer(server) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: source, configuration: self.configuration)
            follower.start()
            let consumer = Task { for try await _ in follower.elements {} }
            try await eventually("live") { self.streams("live") == 1 }
            server.broadcast(WorkspaceEvent(.shellOutput("a line of output that can be found again later\n")))
            try await eventually("the output") { follower.statistics.eventsByType[.shellOutput] == 1 }
            server.abortAll()
            try await eventually("the connection is lost") { self.count("workspace_reconnects_total", Self.lost) == 1 }
            server.broadcast(WorkspaceEvent(.shellOutput("missed\n")))
            try await eventually("the gap") { self.count("workspace_gaps_total", Self.gap) == 1 }
            try await eventually("live again") { self.streams("live") == 1 && self.streams("recovering") == 0 }
            let recovered = self.count("workspace_recovered_events_total", [("occasion", "reconnect")])
            try await eventually("all was taken") { follower.statistics.recovered == Int(recovered) }
            #expect(recovered > 0)
            #expect(self.count("workspace_recovered_bytes_total", [("occasion", "reconnect")]) == 7)
            #expect(self.values("workspace_recovery_seconds", [("occasion", "reconnect")]).count == 1)
            #expect(self.values("workspace_dial_seconds", [("result", "opened")]).count == 2)
            #expect(self.values("workspace_dial_seconds", [("result", "opened")]).allSatisfy { $0 > 0 })
            await follower.close()
            try await consumer.value
            try await eventually("the end") { self.count("workspace_ends_total", [("cause", "closed")]) == 1 }
            for phase in ["waiting", "dialling", "recovering", "live"] { #expect(self.streams(phase) == 0) }
            #expect(self.count("workspace_events_total") == Int64(follower.statistics.events))
            #expect(self.count("workspace_wire_bytes_total") == Int64(follower.statistics.bytes))
            let queue = try self.metrics.expectRecorder("workspace_queue_bytes", [("stream", "workspace")])
            #expect(!queue.values.isEmpty)
        }
    }

    private static let lost = [("cause", "stream"), ("code", "connectionLost")]
    private static let gap = [("scope", "stream"), ("cause", "disconnected"), ("certainty", "exact")]

    @Test("A runtime that is not there: failed dials by their code, and a close while it waits")
    func refused() async throws {
        var configuration = self.configuration
        configuration.reconnect.shortestWait = .seconds(20)
        let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1"))
        let follower = try WorkspaceFollower(of: source, configuration: configuration)
        follower.start()
        try await eventually("two failed attempts") {
            self.count("workspace_reconnects_total", [("cause", "dial"), ("code", "connectFailed")]) == 2
        }
        #expect(self.values("workspace_dial_seconds", [("result", "connectFailed")]).count == 2)
        #expect(self.streams("waiting") == 1)
        await follower.close()
        try await eventually("nothing waits") { self.streams("waiting") == 0 }
        #expect(self.count("workspace_gaps_total", Self.gap) == 0)
    }

    @Test("What a slow consumer loses counts by its kind, with its gap")
    func drops() async throws {
        var configuration = self.configuration
        configuration.queue.maximumEvents = 8
        configuration.queue.shellOutput = .dropOldest
        var server = MockServerConfiguration()
        server.scenario = .idle
        try await withMockServer(server) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: source, configuration: configuration)
            follower.start()
            try await eventually("live") { self.streams("live") == 1 }
            try await eventually("first events") { follower.statistics.events >= 2 }
            for number in 0..<40 { server.broadcast(WorkspaceEvent(.shellOutput("line \(number)\n"))) }
            let overflow = [("scope", "shell"), ("cause", "queueOverflow"), ("certainty", "exact")]
            try await eventually("the gap") { self.count("workspace_gaps_total", overflow) == 1 }
            try await eventually("all output") { follower.statistics.events >= 42 }
            await follower.close()
            let dropped = Int64(follower.statistics.droppedOutputs)
            #expect(dropped > 20)
            try await eventually("the drops") {
                self.count("workspace_dropped_total", [("kind", "droppedOutput")]) == dropped
            }
        }
    }

    @Test("The label of a workspace is there only if it was asked for")
    func workspaceLabel() throws {
        let failure = FollowerFailure(.dial, description: "", retry: .backOff)
        let metrics = PrometheusMetrics()
        FollowerObserver.metrics(factory: metrics).observe(.workspace, .reconnecting(failure))
        FollowerObserver.metrics(factory: metrics, workspace: "ws-7").observe(.workspace, .reconnecting(failure))
        let text = try Exposition(metrics.text())
        var labels = ["stream": "workspace", "cause": "dial", "code": "none"]
        #expect(text.value("workspace_reconnects_total", labels) == 1)
        labels["workspace"] = "ws-7"
        #expect(text.value("workspace_reconnects_total", labels) == 1)
    }
}

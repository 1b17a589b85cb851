import AgentRuntime
import CoreMetrics
import PrometheusText
import TestSupport
import Testing
import WebSocketMetrics
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing
import WorkspaceMetrics

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The dashboard", .timeLimit(.minutes(1)))
struct DashboardTests {
    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            let id: Int
            let title: String
            let targets: [Target]
        }

        struct Target: Decodable {
            let expr: String
            let legendFormat: String
        }

        let panels: [Panel]
    }

    private static func dashboard() throws -> Dashboard {
        let root = #filePath.components(of: "/").dropLast(3).joined(separator: "/")
        let json = try Data(contentsOf: URL(filePath: root + "/docs/grafana/agent-runtimes.json"))
        return try JSONDecoder().decode(Dashboard.self, from: json)
    }

    /// The text after everything that is observed has happened once.
    private static func exposition() async throws -> Exposition {
        var configuration = PrometheusConfiguration()
        configuration.help = FollowerObserver.metricHelp
        let metrics = PrometheusMetrics(configuration: configuration)
        let observer = FollowerObserver.metrics(factory: metrics)
        let failure = FollowerFailure(.stream, description: "", retry: .backOff)
        let moment = Gap.Moment(local: 0)
        for stream in [FollowerObservation.Stream.workspace, .agent] {
            observer.observe(stream, .changed(from: .idle, to: .live))
            observer.observe(stream, .changed(from: .live, to: .gone(.closed)))
            observer.observe(stream, .reconnecting(failure))
            observer.observe(stream, .dialled(.seconds(1), error: nil))
            observer.observe(stream, .dialled(.seconds(1), error: AgentRuntimeError(.connectFailed, "")))
            observer.observe(stream, .gap(Gap(.shell, cause: .evicted, since: moment, until: moment)))
            observer.observe(
                stream,
                .recovered(FollowerRecovery(.reconnect, duration: .seconds(1), events: 1, bytes: 1))
            )
            observer.observe(stream, .progressed(FollowerProgress()))
        }
        try await Self.connect(.metrics(factory: metrics))
        return try Exposition(metrics.text())
    }

    /// Opens and closes one WebSocket.
    private static func connect(_ observer: ConnectionObserver) async throws {
        let server = try await WebSocketServer.bind(WebSocketServerConfiguration())
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            do { for try await _ in connection.messages {} } catch {}
        }
        var client = WebSocketClientConfiguration()
        client.connection.observer = observer
        let url = try WebSocketURL(host: "127.0.0.1", port: server.port, path: "/")
        try await WebSocketClient.withConnection(to: url, configuration: client) { _ = try await $0.ping() }
        await server.close()
        await running
    }

    @Test("Every metric and every label in a query exists in the text")
    func queries() async throws {
        let (dashboard, text) = (try Self.dashboard(), try await Self.exposition())
        #expect(dashboard.panels.count > 10)
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        var shown: Set<String> = []
        for panel in dashboard.panels {
            for target in panel.targets {
                let query = PrometheusQuery(target.expr)
                #expect(!query.metrics.isEmpty, "\(panel.title): \(target.expr)")
                for name in query.metrics {
                    let samples = text.families.values.flatMap(\.samples).filter { $0.name == name }
                    #expect(!samples.isEmpty, "\(panel.title): there is no \(name)")
                    let labels = samples.reduce(into: Set<String>()) { $0.formUnion($1.labels.keys) }
                    let unknown = query.labels.subtracting(labels)
                    #expect(unknown.isEmpty, "\(panel.title): \(name) has no \(unknown)")
                    shown.insert(name)
                }
                let legend = Set(target.legendFormat.labelsInBraces)
                #expect(legend.isSubset(of: query.kept), "\(panel.title): \(legend) in \(target.expr)")
            }
        }
        // Each metric of following is in a panel.
        for name in FollowerObserver.metricHelp.keys {
            #expect(shown.contains { $0.hasPrefix(name) }, "\(name) is in no panel")
        }
    }

    @Test("Each metric of following has a line of help, and no line of help is without its metric")
    func help() async throws {
        let families = try await Self.exposition().families.filter { $0.key.hasPrefix("workspace_") }
        #expect(Set(families.keys) == Set(FollowerObserver.metricHelp.keys))
        #expect(families.values.allSatisfy { $0.help != nil })
    }

    @Test("The words of a query are told apart")
    func parser() {
        let query = PrometheusQuery(
            #"histogram_quantile(0.9, sum by (le, a) (rate(x_bucket{b="{y}",c!="z"}[$__rate_interval]))) / sum(w)"#
        )
        #expect(query.metrics == ["x_bucket", "w"])
        #expect(query.labels == ["le", "a", "b", "c"])
        #expect(query.kept == ["a"])
    }
}

/// The names in a query of Prometheus, as far as the dashboard uses the language.
private struct PrometheusQuery {
    private(set) var metrics: Set<String> = []
    /// The labels that the query needs.
    private(set) var labels: Set<String> = []
    /// The labels that its result has; all, if it adds up nothing.
    private(set) var kept: Set<String> = []

    init(_ expression: String) {
        var rest = Substring(expression)
        var isAggregated = false
        while let first = rest.first {
            guard first.isLetter || first == "_" else {
                switch first {
                case "{": self.matchers(&rest)
                case "[": rest = rest.drop { $0 != "]" }
                default: rest.removeFirst()
                }
                continue
            }
            let word = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(word.count)
            let next = rest.first { $0 != " " }
            if word == "by" {
                let list = rest.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
                let names = list.components(of: ",").map { $0.filter { $0 != " " } }
                self.labels.formUnion(names)
                self.kept.formUnion(names)
                rest = rest.drop { $0 != ")" }
                isAggregated = true
            } else if next == "(" || word == "sum" {
                isAggregated = isAggregated || word == "sum"
            } else {
                self.metrics.insert(word)
            }
        }
        // The quantile uses up the buckets.
        self.kept.remove("le")
        if !isAggregated { self.kept = ["reason"] }
    }

    private mutating func matchers(_ rest: inout Substring) {
        rest.removeFirst()
        while let first = rest.first, first != "}" {
            let name = String(rest.prefix { $0.isLetter || $0 == "_" })
            self.labels.insert(name)
            rest = rest.drop { $0 != "\"" }.dropFirst().drop { $0 != "\"" }.dropFirst()
            if rest.first == "," { rest.removeFirst() }
        }
        rest = rest.dropFirst()
    }
}

extension StringProtocol {
    fileprivate func components(of separator: Character) -> [String] {
        Array(self).split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }

    /// The names in `{{name}}`.
    fileprivate var labelsInBraces: [String] {
        self.components(of: "{").dropFirst().compactMap { piece in
            piece.contains("}") ? String(piece.prefix { $0 != "}" }) : nil
        }
    }
}

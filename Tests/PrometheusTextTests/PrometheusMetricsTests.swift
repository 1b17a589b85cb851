import CoreMetrics
import PrometheusText
import TestSupport
import Testing

@Suite("The text format of Prometheus", .timeLimit(.minutes(1)))
struct PrometheusMetricsTests {
    private static func metrics(_ change: (inout PrometheusConfiguration) -> Void = { _ in }) -> PrometheusMetrics {
        var configuration = PrometheusConfiguration()
        change(&configuration)
        return PrometheusMetrics(configuration: configuration)
    }

    @Test("The whole text: sorted, with types, help, buckets and escape sequences")
    func text() {
        let metrics = Self.metrics {
            $0.help = ["requests_total": "All\nrequests \\ \"quoted\"."]
            $0.buckets = ["sizes_bytes": [1024, 16, .nan, 16, .infinity], "wait_seconds": [0.1, 1]]
        }
        Meter(label: "queue", factory: metrics).set(-2.5)
        Counter(label: "requests", dimensions: [("path", "/a\"b\\c\nd"), ("code", "200")], factory: metrics)
            .increment(by: 3)
        Counter(label: "requests_total", dimensions: [("code", "200"), ("path", "/")], factory: metrics).increment()
        let sizes = Recorder(label: "sizes_bytes", factory: metrics)
        for size in [1, 16, 17, 5000] { sizes.record(size) }
        let wait = Timer(label: "wait", dimensions: [("kind", "x")], factory: metrics)
        wait.recordMilliseconds(50)
        wait.recordSeconds(2)
        Recorder(label: "last", aggregate: false, factory: metrics).record(7)
        #expect(
            metrics.text()
                == """
                # TYPE last gauge
                last 7
                # TYPE prometheus_series_refused_total counter
                prometheus_series_refused_total{reason="conflict"} 0
                prometheus_series_refused_total{reason="limit"} 0
                # TYPE queue gauge
                queue -2.5
                # HELP requests_total All\\nrequests \\\\ "quoted".
                # TYPE requests_total counter
                requests_total{code="200",path="/"} 1
                requests_total{code="200",path="/a\\"b\\\\c\\nd"} 3
                # TYPE sizes_bytes histogram
                sizes_bytes_bucket{le="16"} 2
                sizes_bytes_bucket{le="1024"} 3
                sizes_bytes_bucket{le="+Inf"} 4
                sizes_bytes_sum 5034
                sizes_bytes_count 4
                # TYPE wait_seconds histogram
                wait_seconds_bucket{kind="x",le="0.1"} 1
                wait_seconds_bucket{kind="x",le="1"} 1
                wait_seconds_bucket{kind="x",le="+Inf"} 2
                wait_seconds_sum{kind="x"} 2.05
                wait_seconds_count{kind="x"} 2

                """.replacingRefusedHelp()
        )
    }

    @Test("A series that is made again goes on, and a name of another kind is refused and counted")
    func conflicts() throws {
        let metrics = Self.metrics()
        for _ in 0..<3 { Counter(label: "a", factory: metrics).increment() }
        Meter(label: "a_total", factory: metrics).set(9)
        Recorder(label: "h", factory: metrics).record(1)
        Meter(label: "h_count", factory: metrics).set(9)
        Meter(label: "h", factory: metrics).set(9)
        Timer(label: "g_seconds", factory: metrics).recordSeconds(1)
        Recorder(label: "g_seconds", factory: metrics).record(9)
        Counter(label: "prometheus_series_refused", factory: metrics).increment()
        let text = try Exposition(metrics.text())
        #expect(text.value("a_total") == 3)
        #expect(text.value("h_count") == 1 && text.value("g_seconds_count") == 1)
        #expect(text.value("prometheus_series_refused_total", ["reason": "conflict"]) == 5)
        #expect(text.families.count == 4)
    }

    @Test("A flood of labels makes no more series than the limit, and says how many it refused")
    func explosion() throws {
        let metrics = Self.metrics { $0.maximumSeries = 100 }
        for number in 0..<10_000 {
            Counter(label: "requests", dimensions: [("id", "\(number)")], factory: metrics).increment()
        }
        let text = try Exposition(metrics.text())
        #expect(text.families["requests_total"]?.samples.count == 100)
        #expect(text.value("prometheus_series_refused_total", ["reason": "limit"]) == 9900)
        // Those that exist still count.
        Counter(label: "requests", dimensions: [("id", "7")], factory: metrics).increment()
        #expect(try Exposition(metrics.text()).value("requests_total", ["id": "7"]) == 2)
    }

    @Test("Long texts are cut, and a series with too many labels is refused")
    func longTexts() throws {
        let metrics = Self.metrics { $0.maximumLabels = 3 }
        let long = String(repeating: "é", count: 100_000)
        Meter(label: "m", dimensions: [("a", long)], factory: metrics).set(1)
        Meter(label: String(repeating: "n", count: 100_000), factory: metrics).set(1)
        Meter(label: "m", dimensions: (0..<4).map { ("l\($0)", "") }, factory: metrics).set(1)
        let text = metrics.text()
        #expect(text.utf8.count < 3000)
        let parsed = try Exposition(text)
        #expect(parsed.value("m", ["a": String(repeating: "é", count: 256)]) == 1)
        #expect(parsed.value("prometheus_series_refused_total", ["reason": "limit"]) == 1)
    }

    @Test("A destroyed series is forgotten when nobody uses it, and makes room")
    func destroy() throws {
        let metrics = Self.metrics { $0.maximumSeries = 1 }
        let (one, two) = (Counter(label: "c", factory: metrics), Counter(label: "c", factory: metrics))
        one.increment()
        one.destroy()
        two.increment()
        #expect(try Exposition(metrics.text()).value("c_total") == 2)
        two.destroy()
        two.destroy()
        #expect(try Exposition(metrics.text()).families["c_total"] == nil)
        Meter(label: "c_total", factory: metrics).set(4)
        #expect(try Exposition(metrics.text()).families["c_total"]?.type == "gauge")
        Counter(label: "d", factory: metrics).increment(by: 5)
        #expect(try Exposition(metrics.text()).value("d_total") == nil)
    }

    @Test("Counters never go down, and fractions and odd numbers are written as Prometheus reads them")
    func numbers() throws {
        let metrics = Self.metrics()
        let whole = Counter(label: "whole", factory: metrics)
        whole.increment(by: Int64(5))
        whole.increment(by: Int64(-3))
        let fraction = FloatingPointCounter(label: "fraction", factory: metrics)
        for amount in [0.25, 0.5, -1, .nan, .infinity] { fraction.increment(by: amount) }
        for (name, value) in [
            ("nan", Double.nan), ("up", .infinity), ("down", -.infinity), ("big", 1e300), ("m", -0.0),
        ] { Meter(label: name, factory: metrics).set(value) }
        let histogram = Recorder(label: "h", factory: metrics)
        for value in [1, .nan, .infinity, 2] { histogram.record(value) }
        let text = try Exposition(metrics.text())
        #expect(text.value("whole_total") == 5 && text.value("fraction_total") == 0.75)
        #expect(text.value("nan")?.isNaN == true && text.value("up") == .infinity && text.value("down") == -.infinity)
        #expect(text.value("big") == 1e300 && text.value("m") == 0)
        #expect(text.value("h_sum") == 3 && text.value("h_count") == 2)
        whole.increment(by: Int64.max)
        #expect(try Exposition(metrics.text()).value("whole_total") ?? -1 >= 0)
        whole.reset()
        #expect(try Exposition(metrics.text()).value("whole_total") == 0)
    }

    @Test("Any names and values give a text of the grammar, with the values in it", arguments: 0..<40)
    func anyText(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let metrics = Self.metrics { $0.help = ["a_total": Self.odd(&random)] }
        let limit = PrometheusConfiguration().maximumTextBytes
        for _ in 0..<60 {
            let labels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (Self.odd(&random), Self.odd(&random))
            }
            let (name, value) = (Self.odd(&random), Double.random(in: -1e6...1e6, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: Counter(label: name, dimensions: labels, factory: metrics).increment(by: Int64(abs(value)))
            case 1: FloatingPointCounter(label: name, dimensions: labels, factory: metrics).increment(by: value)
            case 2: Meter(label: name, dimensions: labels, factory: metrics).set(value)
            case 3: Recorder(label: name, dimensions: labels, aggregate: true, factory: metrics).record(value)
            case 4: Recorder(label: name, dimensions: labels, aggregate: false, factory: metrics).record(value)
            default: Timer(label: name, dimensions: labels, factory: metrics).recordNanoseconds(Int64(value))
            }
        }
        // The value of a label comes back unchanged.
        let value = String(Self.odd(&random).unicodeScalars.prefix(limit / 4))
        Meter(label: "kept", dimensions: [("value", value)], factory: metrics).set(1)
        let text = try Exposition(metrics.text())
        #expect(text.value("kept", ["value": value]) == 1)
        #expect(text.names == text.names.sorted())
        #expect(text.families.count > 10)
    }

    /// Texts with what is special in the format, in names, or in Unicode.
    private static func odd(_ random: inout SplitMix64) -> String {
        let pieces = [
            "a", "b_total", "_", "__", "le", "1", ":", ".", "-", " ", "\"", "\\", "\n", "\r\n", "\u{0}", "é", "👩‍👩‍👧", "{",
            "}", "=",
            ",", "#", "_seconds", "_bytes", "_count", "_bucket", "\u{301}", "\u{2028}", "NaN",
        ]
        return (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    @Test("Threads that count, make, destroy and write at the same time lose nothing")
    func concurrent() async throws {
        let metrics = Self.metrics()
        let (tasks, rounds) = (8, 2000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for round in 0..<rounds {
                        Counter(label: "c", dimensions: [("n", "\(round % 7)")], factory: metrics).increment()
                        FloatingPointCounter(label: "f", factory: metrics).increment(by: 0.5)
                        Recorder(label: "h", factory: metrics).record(round)
                        Meter(label: "m", factory: metrics).increment(by: 1)
                        let mine = Meter(label: "own", dimensions: [("task", "\(task)")], factory: metrics)
                        mine.set(round)
                        mine.destroy()
                        if round % 200 == 0 { _ = try Exposition(metrics.text()) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let text = try Exposition(metrics.text())
        let sum = (0..<7).compactMap { text.value("c_total", ["n": "\($0)"]) }.reduce(0, +)
        #expect(sum == Double(tasks * rounds))
        #expect(text.value("f_total") == Double(tasks * rounds) / 2)
        #expect(text.value("h_count") == Double(tasks * rounds) && text.value("m") == Double(tasks * rounds))
        #expect(text.families["own"] == nil)
    }
}

extension String {
    /// The text has a line of help that the test need not repeat.
    fileprivate func replacingRefusedHelp() -> String {
        let type = "# TYPE prometheus_series_refused_total"
        let help = "How often a series was refused: more than the limit, or a name of a metric of another kind."
        guard let range = self.firstRange(of: type) else { return self }
        return self[..<range.lowerBound] + "# HELP prometheus_series_refused_total \(help)\n"
            + self[range.lowerBound...]
    }
}

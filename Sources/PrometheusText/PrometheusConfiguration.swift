/// What ``PrometheusMetrics`` keeps, and how it writes it.
public struct PrometheusConfiguration: Sendable {
    /// The number of series that may exist: one for each metric with each set of labels; a histogram is one.
    ///
    /// Default: 4,096. Further ones are refused: they count nothing, use no memory, and
    /// `prometheus_series_refused_total` counts them. A histogram is the largest: it uses about 500 bytes plus its labels,
    /// so by default all series use a few megabytes at most.
    public var maximumSeries = 4096
    /// The number of labels of one series; a series with more is refused.
    ///
    /// Default: 32.
    public var maximumLabels = 32
    /// The size of a name, or of the value of a label, in bytes of UTF-8; a longer one is cut.
    ///
    /// Default: 512. Two values that are equal after the cut are one series.
    public var maximumTextBytes = 512
    /// What a metric means, by its name as it is written; becomes its `HELP` line.
    ///
    /// Default: none; then a metric has no such line.
    public var help: [String: String] = [:]
    /// The upper bounds of the buckets of single histograms, by their name as it is written.
    ///
    /// Default: none. Order and repetitions do not matter; bounds that are not finite are left out, because the bucket
    /// `+Inf` is always there.
    public var buckets: [String: [Double]] = [:]
    /// The upper bounds for timers, in seconds.
    ///
    /// Default: 0.5 ms to 60 s.
    public var secondsBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// The upper bounds for recorders whose name ends with `_bytes`.
    ///
    /// Default: 64 B to 256 MiB, each four times the one before.
    public var bytesBuckets: [Double] = (3...14).map { Double(1 << (2 * $0)) }
    /// The upper bounds for other recorders.
    ///
    /// Default: 1, 2, 5, 10, and so on up to 100,000.
    public var otherBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
    ]

    /// Creates the default configuration; you can change single properties.
    public init() {}

    func bounds(of name: String, isTimer: Bool) -> [Double] {
        let standard =
            isTimer ? self.secondsBuckets : name.hasSuffix("_bytes") ? self.bytesBuckets : self.otherBuckets
        let bounds = self.buckets[name] ?? standard
        return Set(bounds.lazy.filter(\.isFinite)).sorted()
    }
}

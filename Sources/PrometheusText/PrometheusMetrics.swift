import ConcurrencyPrimitives
public import CoreMetrics

/// A backend of swift-metrics that keeps all metrics in memory, and writes them in the text format of Prometheus.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// // In the answer to GET /metrics, with PrometheusMetrics.contentType:
/// let body = metrics.text()
/// ```
///
/// The format is the version 0.0.4 of "Exposition formats" in the documentation of Prometheus. A counter gets the suffix
/// `_total`, and a timer `_seconds`, unless it has it. Meters, and recorders that do not aggregate, are gauges; timers and
/// other recorders are histograms. Characters that may not be in a name become `_`. Metrics and labels are sorted, so that
/// two texts can be compared.
///
/// Any task may use it at any time. Its memory is bounded: see ``PrometheusConfiguration/maximumSeries``. A metric whose
/// name belongs to another kind already, for example a gauge `x_count` beside a histogram `x`, is refused, too.
///
/// A series that was made several times exists once. It is forgotten when `destroy()` was called for each time.
public final class PrometheusMetrics: MetricsFactory {
    /// The `Content-Type` of ``text()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let configuration: PrometheusConfiguration
    private let registry: Locked<SeriesRegistry>

    /// Creates a backend.
    ///
    /// - Parameter configuration: What it keeps, and how it writes it.
    public init(configuration: PrometheusConfiguration = PrometheusConfiguration()) {
        self.configuration = configuration
        self.registry = Locked(SeriesRegistry(configuration))
    }

    /// Writes all metrics.
    ///
    /// Each series is written as it is at one moment; different ones may be written a little later than others.
    ///
    /// - Returns: The text; each line ends with a newline.
    public func text() -> String {
        let (families, refusals) = self.registry.withLock { ($0.families, $0.refusals) }
        return ExpositionWriter.text(families, refusals, help: self.configuration.help)
    }

    // MARK: Making

    private func series(
        _ kind: MetricKind,
        _ label: String,
        _ dimensions: [(String, String)],
        isTimer: Bool = false
    ) -> (any Series)? {
        let name = MetricName(label, kind, isTimer: isTimer, limit: self.configuration.maximumTextBytes)
        let labels = MetricLabels(dimensions, kind, limit: self.configuration.maximumTextBytes)
        return self.registry.withLock { $0.series(kind, name, labels, isTimer: isTimer) }
    }

    /// Makes a counter of whole numbers.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.series(.counter, label, dimensions) as? CounterSeries ?? RefusedSeries()
    }

    /// Makes a counter.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.series(.counter, label, dimensions) as? CounterSeries ?? RefusedSeries()
    }

    /// Makes a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.series(.gauge, label, dimensions) as? GaugeSeries ?? RefusedSeries()
    }

    /// Makes a histogram, or a gauge if values are not to be aggregated.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return self.series(.gauge, label, dimensions) as? GaugeSeries ?? RefusedSeries() }
        return self.series(.histogram, label, dimensions) as? HistogramSeries ?? RefusedSeries()
    }

    /// Makes a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.series(.histogram, label, dimensions, isTimer: true) as? HistogramSeries ?? RefusedSeries()
    }

    // MARK: Forgetting

    private func destroy(_ handler: AnyObject) {
        guard let series = handler as? any Series else { return }
        self.registry.withLock { $0.destroy(series) }
    }

    /// Forgets a counter, when this was called as often as it was made.
    public func destroyCounter(_ handler: any CounterHandler) { self.destroy(handler) }

    /// Forgets a counter, when this was called as often as it was made.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.destroy(handler) }

    /// Forgets a gauge, when this was called as often as it was made.
    public func destroyMeter(_ handler: any MeterHandler) { self.destroy(handler) }

    /// Forgets a gauge or a histogram, when this was called as often as it was made.
    public func destroyRecorder(_ handler: any RecorderHandler) { self.destroy(handler) }

    /// Forgets a histogram, when this was called as often as it was made.
    public func destroyTimer(_ handler: any TimerHandler) { self.destroy(handler) }
}

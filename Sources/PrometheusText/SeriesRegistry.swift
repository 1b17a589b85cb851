/// The series that exist, as a value behind one lock.
struct SeriesRegistry: Sendable {
    /// All series of one metric.
    struct Family: Sendable {
        let kind: MetricKind
        let isTimer: Bool
        /// By their labels.
        var series: [String: any Series] = [:]
    }

    /// How many series were refused.
    struct Refusals: Sendable {
        /// There were too many series, or the series had too many labels.
        var limit: UInt64 = 0
        /// The name belongs to a metric of another kind.
        var conflict: UInt64 = 0
    }

    /// The metric that counts refusals.
    static let refusedName = "prometheus_series_refused_total"

    private let configuration: PrometheusConfiguration
    private(set) var families: [String: Family] = [:]
    private(set) var refusals = Refusals()
    /// The metric to which the name of a sample belongs.
    private var owners: [String: String] = [Self.refusedName: ""]
    /// How often each series was made, and not destroyed.
    private var uses: [ObjectIdentifier: Int] = [:]

    init(_ configuration: PrometheusConfiguration) { self.configuration = configuration }

    /// The series with a name and labels, made if there is none.
    ///
    /// - Returns: The series; nil if it is refused, which is counted.
    mutating func series(
        _ kind: MetricKind,
        _ name: MetricName,
        _ labels: MetricLabels,
        isTimer: Bool
    ) -> (any Series)? {
        let family = self.families[name.text]
        if let family, family.kind != kind || family.isTimer != isTimer { return self.refuse(\.conflict) }
        if let series = family?.series[labels.text] {
            self.uses[ObjectIdentifier(series), default: 0] += 1
            return series
        }
        if family == nil, name.samples.contains(where: { self.owners[$0] != nil }) { return self.refuse(\.conflict) }
        guard self.uses.count < self.configuration.maximumSeries, labels.count <= self.configuration.maximumLabels
        else { return self.refuse(\.limit) }
        let series = self.make(kind, name.text, labels.text, isTimer: isTimer)
        self.families[name.text, default: Family(kind: kind, isTimer: isTimer)].series[labels.text] = series
        self.uses[ObjectIdentifier(series)] = 1
        for sample in name.samples { self.owners[sample] = name.text }
        return series
    }

    private mutating func refuse(_ reason: WritableKeyPath<Refusals, UInt64>) -> (any Series)? {
        self.refusals[keyPath: reason] &+= 1
        return nil
    }

    private func make(_ kind: MetricKind, _ family: String, _ labels: String, isTimer: Bool) -> any Series {
        switch kind {
        case .counter: CounterSeries(family: family, labels: labels)
        case .gauge: GaugeSeries(family: family, labels: labels)
        case .histogram:
            HistogramSeries(
                family: family,
                labels: labels,
                bounds: self.configuration.bounds(of: family, isTimer: isTimer)
            )
        }
    }

    /// One use of a series is over.
    mutating func destroy(_ series: any Series) {
        // A handler of another factory, or one that was destroyed before, is not there.
        guard let uses = self.uses[ObjectIdentifier(series)],
            self.families[series.family]?.series[series.labels] === series
        else { return }
        guard uses == 1 else { return self.uses[ObjectIdentifier(series)] = uses - 1 }
        self.uses[ObjectIdentifier(series)] = nil
        self.families[series.family]?.series[series.labels] = nil
        guard self.families[series.family]?.series.isEmpty == true else { return }
        self.families[series.family] = nil
        self.owners = self.owners.filter { $0.value != series.family }
    }
}

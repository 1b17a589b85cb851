import ConcurrencyPrimitives
import CoreMetrics
import Synchronization

/// One series of one metric.
protocol Series: AnyObject, Sendable {
    var family: String { get }
    var labels: String { get }

    /// Appends the samples.
    func write(to text: inout String)
}

/// A counter; it only grows, until it is reset.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    let family: String
    let labels: String
    /// Whole numbers are the most frequent case, and need no lock.
    private let whole = Atomic<Int64>(0)
    private let fraction = Locked(0.0)

    init(family: String, labels: String) { (self.family, self.labels) = (family, labels) }

    func increment(by amount: Int64) {
        // A counter that goes down would look like one that was reset.
        guard amount > 0 else { return }
        let (old, new) = self.whole.wrappingAdd(amount, ordering: .relaxed)
        // So large a number began again; to Prometheus that is a reset.
        if new < old { self.whole.store(0, ordering: .relaxed) }
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.fraction.withLock { $0 += amount }
    }

    func reset() {
        self.whole.store(0, ordering: .relaxed)
        self.fraction.withLock { $0 = 0 }
    }

    func write(to text: inout String) {
        let (whole, fraction) = (self.whole.load(ordering: .relaxed), self.fraction.withLock { $0 })
        let value = fraction == 0 ? "\(whole)" : (Double(whole) + fraction).exposition
        ExpositionWriter.sample(self.family, self.labels, value, to: &text)
    }
}

/// A gauge: the last value.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let family: String
    let labels: String
    private let value = Locked(0.0)

    init(family: String, labels: String) { (self.family, self.labels) = (family, labels) }

    func set(_ value: Int64) { self.set(Double(value)) }

    func set(_ value: Double) { self.value.withLock { $0 = value } }

    func increment(by amount: Double) { self.value.withLock { $0 += amount } }

    func decrement(by amount: Double) { self.value.withLock { $0 -= amount } }

    func record(_ value: Int64) { self.set(Double(value)) }

    func record(_ value: Double) { self.set(value) }

    func write(to text: inout String) {
        ExpositionWriter.sample(self.family, self.labels, self.value.withLock { $0 }.exposition, to: &text)
    }
}

/// A histogram.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    private struct State: Sendable {
        /// The number of values up to each bound and above the bound before it; the last one has no bound.
        var counts: [Int]
        var sum = 0.0
    }

    let family: String
    let labels: String
    private let bounds: [Double]
    private let state: Locked<State>

    init(family: String, labels: String, bounds: [Double]) {
        (self.family, self.labels, self.bounds) = (family, labels, bounds)
        self.state = Locked(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) {
        // One such value would make the sum useless for ever.
        guard value.isFinite else { return }
        let bucket = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        self.state.withLock { state in
            guard (state.sum + value).isFinite else { return }
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(max(0, duration)) / 1e9) }

    func write(to text: inout String) {
        let state = self.state.withLock { $0 }
        var total = 0
        let prefix = self.labels.isEmpty ? "" : self.labels + ","
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < self.bounds.count ? self.bounds[index].exposition : "+Inf"
            ExpositionWriter.sample(self.family + "_bucket", "\(prefix)le=\"\(bound)\"", "\(total)", to: &text)
        }
        ExpositionWriter.sample(self.family + "_sum", self.labels, state.sum.exposition, to: &text)
        ExpositionWriter.sample(self.family + "_count", self.labels, "\(total)", to: &text)
    }
}

/// In place of a series that was refused.
final class RefusedSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    func increment(by amount: Int64) {}

    func increment(by amount: Double) {}

    func decrement(by amount: Double) {}

    func reset() {}

    func set(_ value: Int64) {}

    func set(_ value: Double) {}

    func record(_ value: Int64) {}

    func record(_ value: Double) {}

    func recordNanoseconds(_ duration: Int64) {}
}

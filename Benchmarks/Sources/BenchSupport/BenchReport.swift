/// The line of JSON that a client program prints.
public struct BenchReport: Sendable {
    private var members: [(name: String, value: Int)]

    init(members: [(name: String, value: Int)]) { self.members = members }

    /// Adds a member.
    ///
    /// - Parameters:
    ///   - name: The name, with its unit.
    ///   - value: The number.
    public mutating func add(_ name: String, _ value: Int) { self.members.append((name, value)) }

    /// Adds the percentiles of latencies; none if there are no latencies.
    ///
    /// - Parameter nanoseconds: One latency for each message, in any order.
    public mutating func addPercentiles(of nanoseconds: [Int]) {
        guard !nanoseconds.isEmpty else { return }
        let sorted = nanoseconds.sorted()
        for percent in [50, 90, 99] { self.add("p\(percent)_ns", sorted[sorted.count * percent / 100]) }
    }

    /// The line, without a line break.
    public var json: String { "{" + self.members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}" }
}

import CommandIO
import WorkspaceProtocol

/// Makes text of the statistics of a tail.
enum StatisticsText {
    /// The live line; it fits a terminal with 80 columns.
    static func line(_ now: TailStatistics.Snapshot) -> SafeText {
        let parts = [
            "\(now.events) events", "\(Self.rate(now.rate))/s", Self.bytes(now.bytes),
            "bad \(now.malformed)", "unknown \(now.unknown)", now.following.map { "gaps \($0.gaps)" },
            Self.seconds(now.elapsed ?? .zero),
        ].compactMap(\.self)
        return SafeText(escaping: parts.joined(separator: "  "))
    }

    /// The summary: a few lines, each with a label.
    ///
    /// - Parameters:
    ///   - statistics: The statistics.
    ///   - end: How the tail ended.
    /// - Returns: Complete lines.
    static func summary(_ statistics: TailStatistics.Snapshot, end: SafeText) -> SafeText {
        let types = statistics.byType.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let latency = statistics.latency.map(Self.milliseconds) ?? "not measured (no keepalive was needed)"
        let compression = statistics.compressionRatio.map { ", compressed \(Self.decimal($0, 1)) to 1" } ?? ""
        var rows: [(String, SafeText)] = [
            ("events", "\(statistics.events), shown \(statistics.shown), \(Self.rate(statistics.rate))/s"),
            ("types", types.isEmpty ? "none" : types.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
            ("bytes", "\(Self.bytes(statistics.bytes))\(compression)"),
            ("malformed", "\(statistics.malformed), unknown types \(statistics.unknown)"),
            ("latency", "\(latency)"),
            ("duration", "\(Self.seconds(statistics.elapsed ?? .zero))"),
        ]
        if let following = statistics.following {
            let (gaps, recovered) = (following.gaps, following.recovered)
            rows.append(("reconnects", "\(following.reconnects), gaps \(gaps), recovered events \(recovered)"))
        }
        rows.append(("ended", end))
        return rows.map { label, value in
            "\(label)\(String(repeating: " ", count: 11 - label.count))\(value)\n" as SafeText
        }.joined()
    }

    private static func rate(_ rate: Double) -> String { Self.decimal(rate, rate < 100 ? 1 : 0) }

    private static func seconds(_ duration: Duration) -> String { Self.decimal(duration / .seconds(1), 1) + " s" }

    private static func milliseconds(_ duration: Duration) -> String {
        Self.decimal(duration / .milliseconds(1), 2) + " ms"
    }

    private static func bytes(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: Self.decimal(Double(bytes) / 1e3, 1) + " kB"
        case ..<1_000_000_000: Self.decimal(Double(bytes) / 1e6, 1) + " MB"
        default: Self.decimal(Double(bytes) / 1e9, 2) + " GB"
        }
    }

    /// The number, rounded to this number of decimal digits.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value * Double(scale)).rounded()
        // Also false if it is not a number.
        guard abs(scaled) < 9e18 else { return "?" }
        let (whole, rest) = Int(scaled.magnitude).quotientAndRemainder(dividingBy: scale)
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(rest)
        return "\(sign)\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}

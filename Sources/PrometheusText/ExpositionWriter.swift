/// Writes the text format of Prometheus, version 0.0.4.
enum ExpositionWriter {
    static func text(
        _ families: [String: SeriesRegistry.Family],
        _ refusals: SeriesRegistry.Refusals,
        help: [String: String]
    ) -> String {
        var text = ""
        var names = Array(families.keys)
        names.append(SeriesRegistry.refusedName)
        for name in names.sorted() {
            guard let family = families[name] else {
                Self.refusals(refusals, to: &text)
                continue
            }
            Self.head(name, family.kind, help: help[name], to: &text)
            for series in family.series.values.sorted(by: { $0.labels < $1.labels }) { series.write(to: &text) }
        }
        return text
    }

    private static func refusals(_ refusals: SeriesRegistry.Refusals, to text: inout String) {
        let name = SeriesRegistry.refusedName
        let help = "How often a series was refused: more than the limit, or a name of a metric of another kind."
        Self.head(name, .counter, help: help, to: &text)
        Self.sample(name, "reason=\"conflict\"", "\(refusals.conflict)", to: &text)
        Self.sample(name, "reason=\"limit\"", "\(refusals.limit)", to: &text)
    }

    private static func head(_ name: String, _ kind: MetricKind, help: String?, to text: inout String) {
        if let help { text += "# HELP \(name) \(help.escaped(quotes: false))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    static func sample(_ name: String, _ labels: String, _ value: String, to text: inout String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }
}

extension Double {
    /// The number as Prometheus reads it.
    var exposition: String {
        if self.isNaN { return "NaN" }
        if self.isInfinite { return self > 0 ? "+Inf" : "-Inf" }
        // Beyond this bound not every whole number can be told from the next one.
        if abs(self) < 9e15, self == self.rounded() { return "\(Int64(self))" }
        return "\(self)"
    }
}

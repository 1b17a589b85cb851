/// The kind of a metric, as it is written after `TYPE`.
enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}

/// The name of a metric, as it is written: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
struct MetricName: Sendable, Hashable {
    let text: String
    private let kind: MetricKind

    init(_ label: String, _ kind: MetricKind, isTimer: Bool, limit: Int) {
        let suffix = kind == .counter ? "_total" : isTimer ? "_seconds" : ""
        let text = label.cut(to: limit).legal { $0.isNameLetter || $0 == ":" }
        self.text = text.hasSuffix(suffix) ? text : text + suffix
        self.kind = kind
    }

    /// The names of all samples of the metric, which no other one may have.
    var samples: [String] {
        self.kind == .histogram
            ? [self.text, self.text + "_bucket", self.text + "_sum", self.text + "_count"] : [self.text]
    }
}

/// The labels of a series, as they are written: `name="value",…`, sorted by name.
struct MetricLabels: Sendable, Hashable {
    let text: String
    let count: Int

    init(_ dimensions: [(String, String)], _ kind: MetricKind, limit: Int) {
        var values: [String: String] = [:]
        for (label, value) in dimensions {
            var name = label.cut(to: limit).legal(\.isNameLetter)
            // Names with two underscores are for Prometheus itself, and a histogram has its own `le`.
            if name.hasPrefix("__") || (name == "le" && kind == .histogram) { name = "label_" + name }
            // Two names may be equal only now.
            var (free, number) = (name, 1)
            while values[free] != nil {
                number += 1
                free = "\(name)_\(number)"
            }
            values[free] = value.cut(to: limit).escaped(quotes: true)
        }
        self.count = dimensions.count
        self.text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    }
}

extension Unicode.Scalar {
    fileprivate var isNameLetter: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}

extension String {
    /// The longest beginning of whole scalars that has at most this many bytes.
    func cut(to limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        var (text, bytes) = ("", 0)
        for scalar in self.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > limit { break }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// With `_` in place of every other character, and before a digit at the start; never empty.
    fileprivate func legal(_ isLegal: (Unicode.Scalar) -> Bool) -> String {
        var text = ""
        for scalar in self.unicodeScalars { text.unicodeScalars.append(isLegal(scalar) ? scalar : "_") }
        guard let first = text.unicodeScalars.first else { return "_" }
        return "0"..."9" ~= first ? "_" + text : text
    }

    /// With escape sequences for backslash and newline, and for the quote in the value of a label.
    ///
    /// By scalars: a newline after a carriage return is one character with it.
    func escaped(quotes: Bool) -> String {
        var text = ""
        for scalar in self.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

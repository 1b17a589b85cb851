/// A strict parser of the text format of Prometheus, version 0.0.4, by the grammar of its documentation.
package struct Exposition: Sendable {
    /// One line with a value.
    package struct Sample: Sendable, Hashable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    /// One metric.
    package struct Family: Sendable {
        package let type: String
        package var help: String?
        package var samples: [Sample] = []
    }

    /// What is wrong with a text.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    package private(set) var families: [String: Family] = [:]
    /// The names of the families in their order.
    package private(set) var names: [String] = []

    /// - Throws: ``Fault``, if a text breaks a rule of the format.
    package init(_ text: String) throws {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.popLast() == "" else { throw Fault(description: "The last line has no newline.") }
        var help: (name: String, text: String)?
        for line in lines {
            var scanner = LineScanner(line)
            if scanner.takes("# HELP ") {
                guard help == nil else { throw Fault(description: "Two HELP lines: \(line)") }
                let name = try scanner.name(colon: true)
                try scanner.expect(" ")
                help = (name, try scanner.text(endsAtQuote: false))
            } else if scanner.takes("# TYPE ") {
                let name = try scanner.name(colon: true)
                try scanner.expect(" ")
                let type = scanner.rest
                guard ["counter", "gauge", "histogram"].contains(type) else { throw Fault(description: line) }
                guard self.families[name] == nil else { throw Fault(description: "\(name) comes twice.") }
                guard help == nil || help?.name == name else { throw Fault(description: "HELP of another: \(line)") }
                self.families[name] = Family(type: type, help: help?.text)
                self.names.append(name)
                help = nil
            } else {
                guard help == nil else { throw Fault(description: "A HELP line without TYPE: \(line)") }
                try self.add(try scanner.sample())
            }
        }
        for name in self.names { try self.check(name) }
    }

    /// The value of a sample; nil if there is none.
    package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        self.families.values.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func add(_ sample: Sample) throws {
        guard let name = self.names.last, var family = self.families[name] else {
            throw Fault(description: "\(sample.name) has no TYPE.")
        }
        let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { sample.name == name + $0 }) else {
            throw Fault(description: "\(sample.name) stands in the family \(name).")
        }
        let isTwice = family.samples.contains { $0.name == sample.name && $0.labels == sample.labels }
        guard !isTwice else { throw Fault(description: "\(sample) comes twice.") }
        family.samples.append(sample)
        self.families[name] = family
    }

    private func check(_ name: String) throws {
        guard let family = self.families[name], !family.samples.isEmpty else {
            throw Fault(description: "\(name) has no sample.")
        }
        if family.type == "counter" {
            guard name.hasSuffix("_total"), family.samples.allSatisfy({ $0.value >= 0 }) else {
                throw Fault(description: "\(name) is no counter.")
            }
        }
        guard family.type == "histogram" else { return }
        let series = Dictionary(grouping: family.samples) { sample in sample.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = try buckets.map { try LineScanner.number($0.labels["le"] ?? "") }
            let counts = buckets.map(\.value)
            guard bounds.last == .infinity, zip(bounds, bounds.dropFirst()).allSatisfy(<),
                zip(counts, counts.dropFirst()).allSatisfy(<=)
            else { throw Fault(description: "Buckets of \(name)\(labels) are out of order.") }
            let totals = samples.filter { $0.name == name + "_count" }.map(\.value)
            guard totals == [counts.last], samples.contains(where: { $0.name == name + "_sum" }) else {
                throw Fault(description: "Sum and count of \(name)\(labels) are wrong.")
            }
        }
    }
}

/// Reads one line.
private struct LineScanner {
    private var left: Substring.UnicodeScalarView
    private let line: String

    init(_ line: String) { (self.line, self.left) = (line, line[...].unicodeScalars) }

    var rest: String { String(self.left) }

    mutating func takes(_ word: String) -> Bool {
        guard self.left.starts(with: word.unicodeScalars) else { return false }
        self.left.removeFirst(word.unicodeScalars.count)
        return true
    }

    mutating func expect(_ word: String) throws {
        guard self.takes(word) else { throw Exposition.Fault(description: "No '\(word)' in: \(self.line)") }
    }

    mutating func name(colon: Bool) throws -> String {
        var name = ""
        while let scalar = self.left.first {
            let isLetter = "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_" || (colon && scalar == ":")
            guard isLetter || (!name.isEmpty && "0"..."9" ~= scalar) else { break }
            name.unicodeScalars.append(scalar)
            self.left.removeFirst()
        }
        guard !name.isEmpty else { throw Exposition.Fault(description: "No name in: \(self.line)") }
        return name
    }

    mutating func text(endsAtQuote: Bool) throws -> String {
        var text = ""
        while let scalar = self.left.popFirst() {
            switch scalar {
            case "\"" where endsAtQuote: return text
            case "\\":
                switch self.left.popFirst() {
                case "\\": text += "\\"
                case "n": text += "\n"
                case "\"" where endsAtQuote: text += "\""
                default: throw Exposition.Fault(description: "A wrong escape sequence in: \(self.line)")
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        guard !endsAtQuote else { throw Exposition.Fault(description: "No end of a value in: \(self.line)") }
        return text
    }

    mutating func sample() throws -> Exposition.Sample {
        let name = try self.name(colon: true)
        var labels: [String: String] = [:]
        if self.takes("{") {
            repeat {
                let label = try self.name(colon: false)
                try self.expect("=\"")
                guard labels.updateValue(try self.text(endsAtQuote: true), forKey: label) == nil else {
                    throw Exposition.Fault(description: "\(label) comes twice in: \(self.line)")
                }
            } while self.takes(",")
            try self.expect("}")
        }
        try self.expect(" ")
        return Exposition.Sample(name: name, labels: labels, value: try Self.number(self.rest))
    }

    static func number(_ text: String) throws -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default: break
        }
        guard let number = Double(text), number.isFinite, text.unicodeScalars.allSatisfy({ $0.isASCII }) else {
            throw Exposition.Fault(description: "'\(text)' is no number.")
        }
        return number
    }
}

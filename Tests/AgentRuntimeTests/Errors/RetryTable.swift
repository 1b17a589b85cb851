import Foundation

/// The tables of docs/ERRORS.md.
struct RetryTable {
    var codes: [String: String] = [:]
    var statuses: [Int: String] = [:]
    var closeCodes: [Int: String] = [:]
    var ends: [String: String] = [:]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/ERRORS.md"), encoding: .utf8)
        var heading = ""
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 2, !cells[0].hasPrefix("---") else { continue }
            guard cells[1] != "retry", cells[1] != "meaning" else {
                heading = cells[0]
                continue
            }
            self.add(cells[0], cells[1], to: heading)
        }
    }

    private mutating func add(_ subject: String, _ retry: String, to heading: String) {
        switch heading {
        case "code": self.codes[subject.trimmingCharacters(in: ["`"])] = retry
        case "status": for number in Self.numbers(subject) { self.statuses[number] = retry }
        case "close code": for number in Self.numbers(subject) { self.closeCodes[number] = retry }
        case "end": self.ends[subject] = retry
        default: break
        }
    }

    /// The numbers of a list such as `none, 1, 3-5`.
    private static func numbers(_ text: String) -> [Int] {
        text.components(separatedBy: ", ").flatMap { part -> [Int] in
            let bounds = part.split(separator: "-").compactMap { Int($0) }
            return bounds.first.map { Array($0...(bounds.last ?? $0)) } ?? []
        }
    }
}

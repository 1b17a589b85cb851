import WebSocketProtocol

/// The query of a bench endpoint; names and values have no percent-encoding.
struct BenchQuery: Sendable {
    /// Why a query can't be used.
    struct Failure: Error {
        var message: String
    }

    private var values: [Substring: Substring] = [:]

    init(_ query: Substring) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            self.values[pair[0]] = pair.count == 2 ? pair[1] : ""
        }
    }

    func integer(_ name: Substring, in range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let text = self.values[name], let number = Int(text), range.contains(number) else {
            let got = self.values[name].map { "\"\($0)\"" } ?? "nothing"
            throw Failure(message: "\(name) must be \(range.lowerBound) to \(range.upperBound), got \(got)")
        }
        return number
    }

    func flag(_ name: Substring) throws(Failure) -> Bool {
        switch self.values[name] {
        case nil, "false": return false
        case "true": return true
        case let value?: throw Failure(message: "\(name) must be true or false, got \"\(value)\"")
        }
    }

    func kind() throws(Failure) -> MessageKind {
        switch self.values["kind"] {
        case nil, "binary": return .binary
        case "text": return .text
        case let kind?: throw Failure(message: "kind must be text or binary, got \"\(kind)\"")
        }
    }
}

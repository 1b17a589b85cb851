import WorkspaceFollowing
import WorkspaceProtocol

/// Judges the elements of a follower by what the server has made.
struct DeliveryOracle {
    /// One delivery of one event.
    private struct Delivery {
        let number: Int
        let element: Int
        let isRecovered: Bool
    }

    private let elements: [FollowedElement]
    private var deliveries: [MadeEvents.Line: [Delivery]] = [:]
    private var ends: [Int: Int] = [:]
    private(set) var problems: [String] = []
    /// How many events were delivered as recovered ones, and how many lie inside of a gap.
    private(set) var recovered = 0
    private(set) var missing = 0

    init(_ elements: [FollowedElement], _ made: MadeEvents) {
        self.elements = elements
        for (index, element) in elements.enumerated() {
            switch element {
            case .event(let event): self.note(event, index, isRecovered: false)
            case .recovered(let event, _): self.note(event, index, isRecovered: true)
            default: break
            }
        }
        for (line, numbers) in made.lines { self.judge(line, numbers) }
    }

    private mutating func note(_ event: WorkspaceEvent, _ index: Int, isRecovered: Bool) {
        guard let made = event.made else { return }
        for number in made.begun {
            self.deliveries[made.line, default: []].append(
                Delivery(number: number, element: index, isRecovered: isRecovered)
            )
            if isRecovered { self.recovered += 1 }
        }
        for number in made.ended { self.ends[number, default: 0] += 1 }
    }

    private mutating func judge(_ line: MadeEvents.Line, _ numbers: [Int]) {
        let deliveries = self.deliveries[line] ?? []
        let byNumber = Dictionary(grouping: deliveries, by: \.number)
        for number in numbers {
            let own = byNumber[number] ?? []
            switch own.count {
            case 0: self.judgeMissing(number, of: line, deliveries)
            case 1:
                if line == .shell, self.ends[number] != 1 {
                    self.problems.append("the end of shell text \(number) came \(self.ends[number] ?? 0) times")
                }
            default:
                let range = own[0].element...own[own.count - 1].element
                if line == .shell, self.hasAmbiguousGap(in: range) { continue }
                self.problems.append(
                    "\(line) \(number) was delivered \(own.count) times, as elements \(own.map(\.element))"
                )
            }
        }
        self.judgeOrder(line, deliveries)
    }

    /// Nothing comes before what was made earlier; commits of one burst come newest first.
    private mutating func judgeOrder(_ line: MadeEvents.Line, _ deliveries: [Delivery]) {
        for (one, next) in zip(deliveries, deliveries.dropFirst()) where next.number <= one.number {
            if line == .shell, self.hasAmbiguousGap(in: self.recovery(before: next.element)...next.element) { continue }
            // The rest of a burst can be recovered after its beginning was lost with the connection.
            if line == .commits, !one.isRecovered, (1...3).contains(one.number - next.number) { continue }
            self.problems.append("\(line) \(next.number) came after \(one.number), as element \(next.element)")
        }
    }

    /// Where the recovery begins whose elements include this one, or come before it.
    private func recovery(before element: Int) -> Int {
        self.elements[...element].lastIndex(of: .connection(.recovering)) ?? element
    }

    private func hasAmbiguousGap(in range: ClosedRange<Int>) -> Bool {
        self.elements[range].contains { element in
            guard case .gap(let gap) = element, gap.scope == .shell else { return false }
            return gap.certainty != .exact
        }
    }

    /// A missing event lies between its neighbours, and so must a gap that covers it.
    private mutating func judgeMissing(_ number: Int, of line: MadeEvents.Line, _ deliveries: [Delivery]) {
        self.missing += 1
        // Commits of one burst come newest first, so the neighbours are those of other bursts.
        let distance = line == .commits ? 4 : 1
        let before = deliveries.last { $0.number <= number - distance }?.element ?? -1
        let after = deliveries.first { $0.number >= number + distance }?.element ?? self.elements.count
        guard before < after else {
            return self.problems.append("\(line) \(number) is missing inside of element \(before)")
        }
        let isCovered = (max(0, before)..<after).contains { self.covers($0, line) }
        if !isCovered { self.problems.append("\(line) \(number) is missing between elements \(before) and \(after)") }
    }

    private func covers(_ index: Int, _ line: MadeEvents.Line) -> Bool {
        guard case .gap(let gap) = self.elements[index] else { return false }
        switch (gap.scope, line) {
        case (.shell, .shell), (.git, .commits), (.stream, .files): return true
        case (.process(let id), .output(let line, _)): return id == line
        // Nobody asks another runtime for what the old one had.
        case (.stream, .shell) where gap.cause == .replaced: return true
        case (.stream, .output) where gap.cause == .replaced: return true
        // A process that began while nobody listened, and of which nobody could tell when it was looked for. Its end
        // may still come later.
        case (.stream, .output(let id, _)):
            return !self.knows(id, before: self.elements[index...].firstIndex(of: .connection(.live)) ?? index)
        default: return false
        }
    }

    private func knows(_ id: String, before end: Int) -> Bool {
        self.elements[..<end].contains { element in
            switch element {
            case .event(let event), .recovered(let event, _):
                if case .processStatus(let status) = event.content { status.processID == id } else { false }
            default: false
            }
        }
    }
}

import WorkspaceFollowing
import WorkspaceProtocol

/// Judges what consumers have taken, from outside of the client: it knows what the servers made, and nothing else.
///
/// Every event is delivered once, or a gap covers it; nothing comes twice; what was missed comes before what is live.
struct FollowingOracle {
    /// Where an event was delivered.
    struct Delivery {
        let index: Int
        let number: Int
        let isRecovered: Bool
    }

    private let log: [TakenElement]
    private let made: [MadeEvent]
    private let connections: [SimulatedConnection]
    private var deliveries: [MadeEvent.Chain: [Delivery]] = [:]
    private var gaps: [(index: Int, gap: Gap)] = []

    init(_ log: [TakenElement], _ made: [MadeEvent], _ connections: [SimulatedConnection]) {
        (self.log, self.made, self.connections) = (log, made, connections)
        for (index, taken) in log.enumerated() {
            if let gap = taken.gap { self.gaps.append((index, gap)) }
            guard let event = taken.event else { continue }
            for (chain, number) in MadeEvent.numbers(in: event) {
                let delivery = Delivery(index: index, number: number, isRecovered: taken.isRecovered)
                self.deliveries[chain, default: []].append(delivery)
            }
        }
    }

    func check(_ violate: (String) -> Void) {
        self.checkMissing(violate)
        self.checkRepeated(violate)
        self.checkOrder(violate)
        self.checkPhases(violate)
    }

    // MARK: Missing events

    private func checkMissing(_ violate: (String) -> Void) {
        guard let first = self.connections.first(where: \.hasDelivered)?.attachedAt else { return }
        var delivered: [MadeEvent.Chain: Set<Int>] = [:]
        for (chain, places) in self.deliveries { delivered[chain] = Set(places.map(\.number)) }
        for event in self.made where event.time > first && !event.isExcused {
            guard delivered[event.chain]?.contains(event.number) != true, !self.isCovered(event) else { continue }
            violate("\(event.chain) \(event.number), made at \(event.time.milliseconds) ms, is missing without a gap")
        }
    }

    /// Whether a gap, or a later event that stands for it, covers a missing event.
    private func isCovered(_ event: MadeEvent) -> Bool {
        let chain = self.deliveries[event.chain] ?? []
        // A commit that was replaced has no place between the others.
        let before = event.isReplaced ? -1 : chain.last { $0.number < event.number }?.index ?? -1
        let deadline = self.deadline(of: event)
        // A later status of the same repository stands for all before it.
        if case .status = event.chain, chain.contains(where: { $0.number >= event.number }) { return true }
        if case .file(let name) = event.chain, self.hasRefresh(of: name, from: before, to: deadline) { return true }
        let isKnown = self.isKnown(event)
        return self.gaps.contains { index, gap in
            index > before && index <= deadline && self.covers(gap, event, isKnown: isKnown)
        }
    }

    private func covers(_ gap: Gap, _ event: MadeEvent, isKnown: Bool) -> Bool {
        if gap.scope == .stream, gap.isSuspectedDrop || gap.isReplaced { return true }
        switch event.chain {
        case .shell: return gap.scope == .shell || (!isKnown && gap.scope == .stream)
        case .output(let id, _):
            return gap.scope == .process(id: id) || (gap.scope == .stream && (!isKnown || gap.certainty == .unknown))
        case .commit(let name):
            return gap.scope == .git(repository: name.isEmpty ? nil : name) || (!isKnown && gap.scope == .stream)
        default: return gap.scope == .stream
        }
    }

    /// Whether the client can know what the event belongs to: its process, its repository, or the history of its shell.
    private func isKnown(_ event: MadeEvent) -> Bool {
        switch event.chain {
        case .output(let id, _), .process(let id): return self.deliveries.keys.contains { $0.processID == id }
        case .shell: return self.wasTold(.shell, before: event.time)
        case .commit(let name):
            // A commit that was replaced is in no answer. The first status may be one that commits follow.
            let time = event.time - .seconds(2)
            return !event.isReplaced && self.wasTold(.status(repository: name), before: time)
        default: return true
        }
    }

    private func wasTold(_ chain: MadeEvent.Chain, before time: Duration) -> Bool {
        self.deliveries[chain]?.contains { self.log[$0.index].time <= time } ?? false
    }

    /// The last element that may tell of a missing event: the end of the recovery after its connection has ended.
    private func deadline(of event: MadeEvent) -> Int {
        let end = self.log.count
        let time: Duration?
        if let home = event.home { time = home.endedAt } else { time = event.time }
        guard let time else { return end }
        let told = self.gaps.first { $0.gap.isOfConnection && $0.gap.until.local >= FollowingSchedule.wall(at: time) }?
            .index
        guard let told else { return end }
        return self.log[told...].firstIndex(where: \.isLive) ?? end
    }

    private func hasRefresh(of name: String, from: Int, to: Int) -> Bool {
        let last = min(to, self.log.count - 1)
        guard from < last else { return false }
        return self.log[(from + 1)...last].contains { taken in
            guard taken.isRecovered, case .fileChange(let change)? = taken.event?.content else { return false }
            return (change.repositoryName ?? "") == name && change.operation == .refresh
        }
    }

    // MARK: Repeated events and order

    private func checkRepeated(_ violate: (String) -> Void) {
        for (chain, places) in self.deliveries {
            if case .status = chain { continue }
            if case .process = chain { continue }
            var first: [Int: Int] = [:]
            for place in places {
                guard let before = first.updateValue(place.index, forKey: place.number) else { continue }
                if case .shell = chain, self.hasInexactGap(from: before, to: place.index) { continue }
                violate("\(chain) \(place.number) comes twice, at \(before) and \(place.index)")
            }
        }
    }

    /// Whether a gap of the shell says that text may come twice.
    private func hasInexactGap(from: Int, to: Int) -> Bool {
        self.gaps.contains { index, gap in
            index > from && index <= to && gap.scope == .shell && gap.certainty != .exact
        }
    }

    private func checkOrder(_ violate: (String) -> Void) {
        for (chain, places) in self.deliveries {
            var last = Delivery(index: -1, number: -1, isRecovered: false)
            for place in places {
                if place.number < last.number, !self.mayComeLate(place, after: last, chain) {
                    violate("\(chain) \(place.number) at \(place.index) comes after \(last.number) at \(last.index)")
                }
                if place.number > last.number { last = place }
            }
        }
    }

    private func mayComeLate(_ place: Delivery, after last: Delivery, _ chain: MadeEvent.Chain) -> Bool {
        switch chain {
        case .shell: return self.hasInexactGap(from: -1, to: place.index)
        // The server sends several commits newest first.
        case .commit: return !place.isRecovered || !last.isRecovered
        case .output(let id, _):
            return place.isRecovered
                && self.gaps.contains {
                    $0.index < place.index && $0.gap.scope == .process(id: id) && $0.gap.isSuspectedDrop
                }
        case .status: return true
        default: return false
        }
    }

    // MARK: Phases of a connection

    /// Between the beginning of a recovery and its gap nothing comes; then all that was recovered, then what is live.
    private func checkPhases(_ violate: (String) -> Void) {
        var mustBeSilent = false
        var isLive = false
        var mayRecover = true
        for (index, taken) in self.log.enumerated() {
            if taken.isRecovering { mustBeSilent = true }
            if let gap = taken.gap {
                if gap.isOfConnection { (mustBeSilent, isLive, mayRecover) = (false, false, true) }
                if gap.isSuspectedDrop || gap.cause == .ended { mayRecover = true }
            }
            guard let event = taken.event else { continue }
            if mustBeSilent, !taken.isRecovered { violate("an event at \(index) comes before what was missed") }
            if !taken.isRecovered { (isLive, mayRecover) = (true, false) }
            if taken.isRecovered, isLive, !mayRecover, !self.isRefresh(event) {
                violate("a recovered event at \(index) comes after a live one")
            }
        }
    }

    private func isRefresh(_ event: WorkspaceEvent) -> Bool {
        if case .fileChange(let change) = event.content { change.operation == .refresh } else { false }
    }
}

import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("The elements of a fleet in the order of their times", .timeLimit(.minutes(2)))
struct OrderedMergeTests {
    private static func event(_ workspace: String, _ time: Int64?, _ text: String = "") -> FleetElement {
        FleetElement(workspace: workspace, element: .event(WorkspaceEvent(.shellOutput(text), timestamp: time)))
    }

    @Test("Whatever the order in which they come: held for the window, in order, late ones marked, nothing lost")
    func anyOrder() {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            let window = Duration.milliseconds(Int64.random(in: 1...200, using: &random))
            var merge = OrderedMerge(window: window, limit: 50)
            var clocks: [Int64] = [0, 0, 0]
            var (now, latest, added) = (Duration.zero, Int64.min, 0)
            var out: [FleetOrderedElement] = []
            var arrivals: [String: Duration] = [:]
            func take(isLast: Bool = false) {
                while let element = merge.next(now: now, isLast: isLast) {
                    let time = element.time ?? 0
                    #expect(element.isLate == (time < latest), "seed \(seed)")
                    latest = max(latest, time)
                    out.append(element)
                    arrivals[element.text] = nil
                }
                for (text, arrival) in arrivals { #expect(now < arrival + window, "seed \(seed): \(text) waits") }
            }
            for number in 0..<300 {
                now += .milliseconds(Int64.random(in: 0...20, using: &random))
                let workspace = Int.random(in: 0..<3, using: &random)
                clocks[workspace] += Int64.random(in: 1...20, using: &random)
                merge.insert(Self.event("\(workspace)", clocks[workspace], "\(number)"), now: now)
                arrivals["\(number)"] = now
                added += 1
                if Bool.random(using: &random) { take() }
            }
            now += window
            take()
            #expect(out.count == added && merge.isEmpty && merge.due == nil, "seed \(seed)")
            for workspace in 0..<3 {
                let times = out.filter { $0.workspace == "\(workspace)" }.compactMap(\.time)
                #expect(times == times.sorted(), "seed \(seed)")
            }
        }
    }

    @Test("A workspace that is followed again stays in order, and its time is forgotten at its end")
    func again() {
        var merge = OrderedMerge(window: .milliseconds(100), limit: 10)
        func state(_ state: FollowerState) -> FleetElement { FleetElement(workspace: "a", element: .connection(state)) }
        merge.insert(Self.event("a", 1000, "old"), now: .zero)
        merge.insert(state(.gone(.closed)), now: .zero)
        merge.insert(state(.dialling(attempt: 1)), now: .zero)
        merge.insert(Self.event("a", 900, "new"), now: .zero)
        var out: [FollowedElement] = []
        while let element = merge.next(now: .seconds(1)) { out.append(element.element) }
        let events = [Self.event("a", 1000, "old"), Self.event("a", 900, "new")].map(\.element)
        #expect(out == [events[0], .connection(.gone(.closed)), .connection(.dialling(attempt: 1)), events[1]])
        merge.insert(state(.gone(.closed)), now: .seconds(1))
        _ = merge.next(now: .seconds(2))
        merge.insert(Self.event("a", 5), now: .seconds(2))
        // It is late, because its own time counts, and not that of the workspace that was left.
        #expect(merge.next(now: .seconds(3))?.isLate == true)
    }

    @Test("A clock that is ahead makes nobody else late")
    func future() {
        var merge = OrderedMerge(window: .milliseconds(100), limit: 10)
        merge.insert(Self.event("ahead", .max), now: .zero, wall: 50)
        #expect(merge.next(now: .seconds(1)) != nil)
        merge.insert(Self.event("right", 60), now: .seconds(1), wall: 60)
        #expect(merge.next(now: .seconds(2))?.isLate == false)
    }

    @Test("Elements that come within the window come out by their times; those without one stay behind the one before")
    func order() {
        var merge = OrderedMerge(window: .milliseconds(100), limit: 10)
        merge.insert(Self.event("a", 30, "a30"), now: .zero)
        merge.insert(Self.event("a", nil, "a"), now: .zero)
        merge.insert(Self.event("b", 10, "b10"), now: .milliseconds(50))
        merge.insert(Self.event("b", 40, "b40"), now: .milliseconds(60))
        #expect(merge.due == .milliseconds(100))
        var texts: [String] = []
        if let early = merge.next(now: .milliseconds(99)) { Issue.record("\(early)") }
        while let element = merge.next(now: .milliseconds(100)) { texts.append(element.text) }
        #expect(texts == ["b10", "a30", "a"])
        merge.insert(Self.event("c", 20, "c20"), now: .milliseconds(110))
        let late = merge.next(now: .milliseconds(160))
        #expect(late?.text == "c20" && late?.isLate == true)
        let last = merge.next(now: .zero, isLast: true)
        #expect(last?.text == "b40" && last?.isLate == false)
    }

    @Test("Beyond the limit they come out early")
    func limit() {
        var merge = OrderedMerge(window: .seconds(1), limit: 3)
        for number in 0..<5 { merge.insert(Self.event("a", Int64(number), "\(number)"), now: .zero) }
        var texts: [String] = []
        while let element = merge.next(now: .zero) { texts.append(element.text) }
        #expect(texts == ["0", "1"])
    }

    @Test("Over real sockets, all elements come, in the order of their times, soon after the window")
    func sockets() async throws {
        try await withMockServers(3) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            for (number, server) in servers.enumerated() { try fleet.follow("w\(number)", at: try server.source) }
            try await fleet.waitUntilAll(.live, timeout: .seconds(20))
            let ordered = fleet.ordered(within: .milliseconds(300))
            let consumer = Task {
                var elements: [FleetOrderedElement] = []
                for try await element in ordered { elements.append(element) }
                return elements
            }
            for number in 0..<100 { servers[number % 3].broadcast(Sent.shell("\(number),")) }
            try await eventually("all are taken") {
                [99, 97, 98].enumerated().allSatisfy { number, last in
                    fleet.follower("w\(number)")?.snapshot.shell.tail.hasSuffix("\(last),") ?? false
                }
            }
            await fleet.close()
            let elements = try await withTimeout("the end") { try await consumer.value }
            let times = elements.filter { !$0.isLate }.compactMap(\.time)
            #expect(times == times.sorted())
            #expect(elements.count { $0.text.hasSuffix(",") } == 100)
        }
    }
}

extension FleetOrderedElement {
    fileprivate var time: Int64? { if case .event(let event) = self.element { event.timestamp } else { nil } }

    fileprivate var text: String {
        if case .event(let event) = self.element, case .shellOutput(let text) = event.content { text } else { "" }
    }
}

import Testing

@testable import AgentRuntime

/// Tests the production table with every order of the steps of its callers, the writer, the server, the clock and the
/// stream.
///
/// Each caller may give up by its deadline or be cancelled at any moment. The server may answer each request that was
/// sent twice, or never, and in any order. The stream may close or be lost, and its answers may be held back.
@Suite("The requests of an agent stream, searched exhaustively", .timeLimit(.minutes(10)))
struct RequestModelTests {
    /// A breadth-first search that checks every reachable state.
    private struct Search {
        var states = 0
        var quietStates = 0

        /// - Returns: The broken rule, and the shortest way to it; nil if every state is correct.
        mutating func run(from start: RequestWorld) -> String? {
            var seen: Set<RequestWorld> = [start]
            var level: [(world: RequestWorld, steps: [String])] = [(start, [])]
            while !level.isEmpty {
                var next: [(RequestWorld, [String])] = []
                for (world, steps) in level {
                    self.states += 1
                    var isQuiet = true
                    world.forEachMove { name, isObliged, successor in
                        if isObliged { isQuiet = false }
                        if seen.insert(successor).inserted { next.append((successor, steps + [name])) }
                    }
                    if isQuiet { self.quietStates += 1 }
                    if let violation = world.check(isQuiet: isQuiet) {
                        return "\(violation), after: " + steps.joined(separator: ", ")
                    }
                }
                level = next
            }
            return nil
        }
    }

    @Test("No interleaving breaks a rule", arguments: [(1, 1), (2, 1)])
    func everyInterleaving(callers: Int, capacity: Int) {
        var search = Search()
        let found = search.run(from: RequestWorld(callers: callers, capacity: capacity))
        print("The model of requests, \(callers) callers, \(capacity) places: \(search.states) states")
        #expect(found == nil, "\(found ?? "")")
        #expect(search.quietStates > 10)
    }

    @Test(
        "Without cancellations and second answers, more callers or places break no rule",
        arguments: [(2, 2), (3, 1)]
    )
    func moreCallers(callers: Int, capacity: Int) {
        var search = Search()
        let found = search.run(from: RequestWorld(callers: callers, capacity: capacity, isCalm: true))
        print("The model of requests, calm, \(callers) callers, \(capacity) places: \(search.states) states")
        #expect(found == nil, "\(found ?? "")")
    }

    @Test("The search finds each mistake", arguments: RequestFault.allCases)
    func faults(fault: RequestFault) throws {
        var search = Search()
        let found = search.run(from: RequestWorld(callers: 2, capacity: 1, fault: fault))
        let finding = try #require(found, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states: \(finding)")
    }
}

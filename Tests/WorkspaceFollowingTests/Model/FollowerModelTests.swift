import Foundation
import Testing

@testable import WorkspaceFollowing

/// Tests the production machine of a follower with every order of reports of its operations and of calls of its users.
///
/// Each operation may succeed, fail in five ways, or report late after it was told to end. A close, `reconnectNow`, a
/// suspicion and the wish to attach again may come at any time. `WSSTREAM_MODEL_TROUBLED=1` allows them all in one search.
@Suite("The life of a follower, searched exhaustively", .timeLimit(.minutes(10)))
struct FollowerModelTests {
    @Test("No order of reports breaks a rule, and from every state a close ends it", arguments: [false, true])
    func everyOrder(hasHistory: Bool) {
        // All at once has 0.7 million states, and takes minutes.
        let isWhole = ProcessInfo.processInfo.environment["WSSTREAM_MODEL_TROUBLED"] != nil
        let budget = FollowerModelWorld.Budget(reattaches: isWhole ? 1 : 0)
        Self.search(FollowerModelWorld(hasHistory: hasHistory, budget: budget), "history \(hasHistory)")
    }

    @Test("Neither does a connection that is lost twice")
    func twoLosses() {
        let budget = FollowerModelWorld.Budget(losses: 2, suspicions: 0, audits: 0, reattaches: 0)
        Self.search(FollowerModelWorld(budget: budget), "two losses")
    }

    @Test("Neither does a stream that is ended to attach again")
    func attachesAgain() {
        let budget = FollowerModelWorld.Budget(suspicions: 0, audits: 0)
        Self.search(FollowerModelWorld(hasHistory: true, budget: budget), "attaching again")
    }

    private static func search(_ world: FollowerModelWorld, _ name: String) {
        var search = FollowerModelSearch()
        let finding = search.run(from: world)
        print(
            "The follower's model, \(name): \(search.states) states, \(search.transitions) transitions,",
            "depth \(search.depth), \(search.ends) ends"
        )
        #expect(finding == nil, "\(finding ?? "")")
        #expect(search.states > 1000 && search.ends > 10)
    }

    @Test("The search finds each broken rule", arguments: FollowerModelFault.allCases)
    func broken(fault: FollowerModelFault) throws {
        var search = FollowerModelSearch()
        let finding = search.run(from: FollowerModelWorld(budget: .init(reattaches: 0), fault: fault))
        let found = try #require(finding, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states: \(found.prefix { $0 != "\n" })")
    }
}

/// A breadth-first search over all worlds.
struct FollowerModelSearch {
    private(set) var states = 0
    private(set) var transitions = 0
    private(set) var depth = 0
    private(set) var ends = 0
    private var origins: [(parent: Int, move: FollowerModelMove?)] = []

    /// Searches until the first violation.
    ///
    /// - Parameter start: The first state.
    /// - Returns: The violation, and the shortest way to it; nil if there is none.
    mutating func run(from start: FollowerModelWorld) -> String? {
        var seen: Set<FollowerModelWorld> = [start]
        var level: [(index: Int, world: FollowerModelWorld)] = [(0, start)]
        self.origins = [(-1, nil)]
        while !level.isEmpty {
            var next: [(index: Int, world: FollowerModelWorld)] = []
            for (index, world) in level {
                self.states += 1
                if let violation = world.violation ?? world.violationOfClose { return self.text(violation, index) }
                guard !world.hasEnded else {
                    self.ends += 1
                    continue
                }
                for move in world.moves {
                    self.transitions += 1
                    let successor = world.after(move)
                    guard seen.insert(successor).inserted else { continue }
                    self.origins.append((index, move))
                    next.append((self.origins.count - 1, successor))
                }
            }
            level = next
            self.depth += 1
        }
        return nil
    }

    private func text(_ violation: String, _ index: Int) -> String {
        var lines: [String] = []
        var index = index
        while let move = self.origins[index].move {
            lines.append("  - \(move)")
            index = self.origins[index].parent
        }
        return ([violation + ", after:"] + lines.reversed()).joined(separator: "\n")
    }
}

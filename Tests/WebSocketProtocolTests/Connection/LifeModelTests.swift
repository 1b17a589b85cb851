import Testing

@testable import WebSocketProtocol

/// Tests the production values for life, backpressure and closing handshake under every order of the steps of the peer,
/// the consumer, the user, the system and the timers.
@Suite("The life of a connection, searched exhaustively", .timeLimit(.minutes(10)))
struct LifeModelTests {
    @Test("No interleaving breaks a promise", arguments: [Role.client, .server])
    func everyInterleaving(role: Role) {
        var search = LifeSearch()
        var finding: String?
        let elapsed = ContinuousClock().measure { finding = search.run(from: LifeWorld(role: role)) }
        print("The life of a \(role): \(search.states) states, \(search.transitions) transitions, in \(elapsed)")
        #expect(finding == nil, "\(finding ?? "")")
        #expect(search.states > 1000 && search.quietStates > 10)
    }

    @Test("The search finds each step that the driver leaves out", arguments: LifeWorld.Fault.allCases)
    func brokenDriver(fault: LifeWorld.Fault) throws {
        var search = LifeSearch()
        let finding = search.run(from: LifeWorld(role: .server, fault: fault))
        print("Found \(fault) after \(search.states) states: \(try #require(finding, "\(fault) was not found"))")
    }
}

/// A breadth-first search that checks every reachable state.
struct LifeSearch {
    private(set) var states = 0
    private(set) var transitions = 0
    /// The number of states in which nothing more happens unless an actor begins something new.
    private(set) var quietStates = 0
    private var origins: [(parent: Int, move: LifeWorld.Move)?] = []

    /// Searches until the first violation.
    ///
    /// - Parameter start: The first state.
    /// - Returns: The violation and the shortest way to it; nil if every state is correct.
    mutating func run(from start: LifeWorld) -> String? {
        var seen: Set<LifeWorld> = [start]
        var level = [start]
        var levelStart = 0
        self.origins = [nil]
        while !level.isEmpty {
            var next: [LifeWorld] = []
            for (offset, world) in level.enumerated() {
                self.states += 1
                let moves = world.moves
                let isQuiet = !moves.contains(where: \.isObliged)
                if isQuiet { self.quietStates += 1 }
                if let violation = world.check(isQuiet: isQuiet) {
                    return "\(violation), after \(self.way(to: levelStart + offset))"
                }
                for move in moves {
                    self.transitions += 1
                    var successor = world
                    successor.make(move)
                    guard seen.insert(successor).inserted else { continue }
                    self.origins.append((levelStart + offset, move))
                    next.append(successor)
                }
            }
            levelStart += level.count
            level = next
        }
        return nil
    }

    private func way(to index: Int) -> [LifeWorld.Move] {
        var moves: [LifeWorld.Move] = []
        var index = index
        while let origin = self.origins[index] {
            moves.append(origin.move)
            index = origin.parent
        }
        return moves.reversed()
    }
}

/// A breadth-first search that checks every reachable state.
struct ModelSearch {
    /// A violation, and the shortest way to it.
    struct Finding: CustomStringConvertible {
        let violation: String
        let steps: [ModelMove]

        var description: String {
            "\(self.violation), after:\n" + self.steps.map { "  - \($0)" }.joined(separator: "\n")
        }
    }

    private struct Origin {
        var parent: Int
        var move: ModelMove
    }

    private(set) var states = 0
    private(set) var transitions = 0
    /// The number of states in which nothing more happens unless an actor begins something new.
    private(set) var quietStates = 0
    private(set) var depth = 0
    private var origins: [Origin?] = []

    /// Searches until the first violation.
    ///
    /// - Parameter start: The first state.
    /// - Returns: The violation, or nil if every state is correct.
    mutating func run(from start: ModelWorld) -> Finding? {
        var seen: Set<BitField> = [start.key]
        var level = [start]
        var levelStart = 0
        self.origins = [nil]
        while !level.isEmpty {
            var next: [ModelWorld] = []
            for (offset, world) in level.enumerated() {
                let isQuiet = self.expand(world, levelStart + offset, &seen, &next)
                if isQuiet { self.quietStates += 1 }
                if let violation = world.check(isQuiet: isQuiet) {
                    return Finding(violation: violation, steps: self.steps(to: levelStart + offset))
                }
            }
            self.states += level.count
            levelStart += level.count
            level = next
            self.depth += 1
        }
        return nil
    }

    private mutating func expand(
        _ world: ModelWorld,
        _ index: Int,
        _ seen: inout Set<BitField>,
        _ next: inout [ModelWorld]
    ) -> Bool {
        var isQuiet = true
        world.forEachMove { move, successor in
            self.transitions += 1
            if move.isObliged { isQuiet = false }
            guard successor.violation != nil || seen.insert(successor.key).inserted else { return }
            self.origins.append(Origin(parent: index, move: move))
            next.append(successor)
        }
        return isQuiet
    }

    private func steps(to index: Int) -> [ModelMove] {
        var steps: [ModelMove] = []
        var index = index
        while let origin = self.origins[index] {
            steps.append(origin.move)
            index = origin.parent
        }
        return steps.reversed()
    }
}

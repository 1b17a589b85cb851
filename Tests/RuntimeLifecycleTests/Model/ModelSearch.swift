import ConcurrencyPrimitives

@testable import RuntimeLifecycle

/// Visits every world that can be reached and looks for one that must not be.
struct ModelSearch {
    /// What was found.
    struct Outcome {
        var worlds = 0
        var violation: String?
    }

    let rules: ModelWorld.Rules

    /// Searches from two actors with these verbs, one after the other each.
    func run(_ first: [CycleRequest], _ second: [CycleRequest], crashes: Int, deaths: Int, writeFailures: Int)
        -> Outcome
    {
        let actors = [first, second].map { ModelWorld.Actor(verbs: $0) }
        return self.search(
            ModelWorld(actors: actors, crashesLeft: crashes, deathsLeft: deaths, writeFailuresLeft: writeFailures)
        )
    }

    private func search(_ start: ModelWorld) -> Outcome {
        var outcome = Outcome()
        var seen: Set<ModelWorld> = [start]
        var open = [start]
        while let world = open.popLast() {
            outcome.worlds += 1
            let next = world.successors(self.rules)
            outcome.violation = self.violation(world, isLast: next.isEmpty)
            if outcome.violation != nil { return outcome }
            for world in next where seen.insert(world).inserted { open.append(world) }
        }
        return outcome
    }

    private func violation(_ world: ModelWorld, isLast: Bool) -> String? {
        if world.runtimes.count > 1 { return "two runtimes: \(world)" }
        if let lie = world.lie { return "somebody \(lie): \(world)" }
        // Nothing can happen any more: everybody who lives must have been answered.
        if isLast && !world.isQuiet { return "somebody waits for ever: \(world)" }
        return world.isQuiet && world.lock == nil ? self.convergence(world) : nil
    }

    /// Whatever happened before: one undisturbed start then gives one runtime, of the journal's generation.
    private func convergence(_ world: ModelWorld) -> String? {
        guard world.processes.allSatisfy(\.isCommitted) else { return nil }
        var last = world
        (last.crashesLeft, last.deathsLeft, last.writeFailuresLeft) = (0, 0, 0)
        last.actors = [ModelWorld.Actor(verbs: [CycleRequest(.getOrStart)], begun: 100)]
        // The first successor of each is the one in which things go well.
        while let next = last.successors(self.rules).first { last = next }
        guard last.runtimes.count == 1, let runtime = last.runtimes.first, last.lie == nil else {
            return "one more start leaves \(last.runtimes.count) runtimes: \(world)"
        }
        guard case .record(let record) = last.journal, record.child == runtime.identity, record.phase == .running else {
            return "one more start leaves another record: \(world)"
        }
        return nil
    }
}

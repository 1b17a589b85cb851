import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("The memory budget of a fleet")
struct MemoryBudgetTests {
    /// Members that receive messages unless they are paused, and a consumer that takes them.
    private struct World {
        var budget: MemoryBudget
        let guaranteed: Int
        var weights: [Int]
        var paused: Set<Int> = []

        init(_ members: Int, total: Int, guaranteed: Int) {
            self.budget = MemoryBudget(total: total, guaranteed: guaranteed)
            (self.guaranteed, self.weights) = (guaranteed, Array(repeating: 0, count: members))
            for _ in 0..<members { self.budget.join() }
        }

        var sum: Int { self.weights.reduce(0, +) }

        mutating func change(_ member: Int, by change: Int) {
            let before = max(0, self.weights[member] - self.guaranteed)
            self.weights[member] += change
            let after = max(0, self.weights[member] - self.guaranteed)
            guard after != before else { return }
            let outcome = self.budget.change(member, by: after - before)
            self.paused.formUnion(outcome.paused)
            if outcome.isResumed { self.paused.remove(member) }
        }

        /// - Returns: Whether the member could read.
        mutating func receive(_ member: Int, _ bytes: Int) -> Bool {
            guard !self.paused.contains(member) else { return false }
            self.change(member, by: bytes)
            return true
        }
    }

    @Test("It is exceeded by at most one message of each member, the guarantee is usable, and pauses end")
    func bound() {
        var pauses = 0
        for seed in 0..<300 {
            var random = SplitMix64(seed: UInt64(seed))
            let members = Int.random(in: 1...20, using: &random)
            let (guaranteed, largest) = (100, Int.random(in: 1...400, using: &random))
            let total = Int.random(in: 1...10_000, using: &random)
            var world = World(members, total: total, guaranteed: guaranteed)
            for _ in 0..<2000 {
                let member = Int.random(in: 0..<members, using: &random)
                if Int.random(in: 0..<10, using: &random) < 7 {
                    let weight = world.weights[member]
                    let couldRead = world.receive(member, Int.random(in: 1...largest, using: &random))
                    #expect(couldRead || weight > guaranteed, "seed \(seed): the guarantee of \(member) was not usable")
                } else {
                    world.change(member, by: -min(world.weights[member], Int.random(in: 1...500, using: &random)))
                }
                pauses = max(pauses, world.paused.count)
                #expect(world.sum <= max(total, members * guaranteed) + members * largest, "seed \(seed)")
                #expect(world.paused.allSatisfy { world.budget.isPaused($0) })
            }
            for member in 0..<members { world.change(member, by: -world.weights[member]) }
            #expect(world.paused.isEmpty && world.budget.used == 0 && world.budget.pausedCount == 0, "seed \(seed)")
        }
        #expect(pauses > 3)
    }

    @Test("Nobody who holds less is paused while one who holds more reads on")
    func greediestFirst() {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            var world = World(10, total: 20_000, guaranteed: 100)
            var pauses = 0
            for _ in 0..<3000 {
                let member = Int.random(in: 0..<10, using: &random)
                let before = world.paused
                // Member 9 receives ten times as much.
                _ = world.receive(member, member == 9 ? 1000 : 100)
                // Each that reads on after a message of its own has at most what is allowed.
                if !world.paused.contains(member), world.weights[member] > 100, !before.contains(member) {
                    #expect(world.budget.share(of: member) <= world.budget.allowed, "seed \(seed)")
                }
                let added = world.paused.subtracting(before)
                guard let least = added.map({ world.weights[$0] }).min() else { continue }
                pauses += 1
                for other in 0..<10 where !world.paused.contains(other) {
                    #expect(world.weights[other] < least, "seed \(seed): \(world.weights)")
                }
            }
            #expect(pauses > 0)
        }
    }

    @Test("One busy member may have nearly all, two have equal shares, and a paused one goes on at half of it")
    func shares() {
        var world = World(3, total: 100_000, guaranteed: 1000)
        while world.receive(0, 100) {}
        #expect((85_000...89_000).contains(world.weights[0]))
        while world.receive(1, 100) {}
        #expect((5_000...12_000).contains(world.weights[1]))
        // The consumer takes from both; both get more until they have the same.
        for _ in 0..<10_000 {
            for member in 0...1 { world.change(member, by: -min(world.weights[member], 500)) }
            for member in 0...1 { for _ in 0..<10 where world.receive(member, 100) {} }
        }
        #expect(abs(world.weights[0] - world.weights[1]) < 30_000, "\(world.weights)")
    }

    @Test("A message that is larger than the whole budget is let through, and then the member is paused")
    func larger() {
        var world = World(2, total: 10_000, guaranteed: 100)
        let isLetThrough = world.receive(0, 1_000_000)
        #expect(isLetThrough)
        #expect(world.paused == [0])
        // The other one has its guarantee.
        let mayRead = world.receive(1, 100)
        #expect(mayRead)
        #expect(!world.paused.contains(1))
        world.change(0, by: -1_000_000)
        #expect(world.paused.isEmpty)
    }

    @Test("More members than it has guarantees for make it larger")
    func grows() {
        var world = World(1000, total: 1000, guaranteed: 100)
        #expect(world.budget.pool == 0)
        let readers = (0..<1000).count { world.receive($0, 100) }
        #expect(readers == 1000)
        #expect(world.paused.isEmpty)
        _ = world.receive(7, 1)
        #expect(world.paused == [7])
        world.change(7, by: -1)
        #expect(world.paused.isEmpty)
    }

    @Test("Changes that come in another order than they happened in end with the same sums")
    func anyOrder() {
        var budget = MemoryBudget(total: 1000, guaranteed: 10)
        budget.join()
        budget.join()
        #expect(budget.change(1, by: -500) == .nothing)
        #expect(budget.change(1, by: 500) == .nothing)
        #expect(budget.used == 0 && budget.share(of: 1) == 0)
        #expect(budget.change(1, by: 1200).paused == [1])
        #expect(budget.change(1, by: 1000) == .nothing)
        budget.leave()
        #expect(budget.change(1, by: -2200).isResumed)
        #expect(budget.used == 0)
    }
}

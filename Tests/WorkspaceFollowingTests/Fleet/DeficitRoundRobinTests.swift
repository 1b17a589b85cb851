import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("Deficit round robin")
struct DeficitRoundRobinTests {
    /// Members with elements of any size, which are taken like from followers.
    private struct World {
        var ring: DeficitRoundRobin
        var queues: [Int: [Int]] = [:]

        mutating func add(_ sizes: [Int], to member: Int) {
            self.queues[member, default: []] += sizes
            self.ring.add(member)
        }

        /// Takes from the member whose turn it is.
        mutating func take() -> (member: Int, amount: Int)? {
            guard let (member, credit) = self.ring.next() else { return nil }
            var amount = 0
            var queue = self.queues[member] ?? []
            while amount < credit, !queue.isEmpty { amount += queue.removeFirst() }
            self.queues[member] = queue
            self.ring.took(amount, from: member, hasMore: !queue.isEmpty)
            return (member, amount)
        }
    }

    @Test("A quiet member waits for at most one quantum and one element of each other ready member")
    func quietWaits() {
        let (quantum, largest) = (1000, 5000)
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            var world = World(ring: DeficitRoundRobin(quantum: quantum))
            let floods = Int.random(in: 1...8, using: &random)
            for _ in 0..<50 {
                for member in 1...floods where (world.queues[member] ?? []).count < 20 {
                    world.add((0..<40).map { _ in Int.random(in: 1...largest, using: &random) }, to: member)
                }
                for _ in 0..<Int.random(in: 0...30, using: &random) { _ = world.take() }
                world.add([1], to: 0)
                var waited: [Int: Int] = [:]
                while let (member, amount) = world.take(), member != 0 { waited[member, default: 0] += amount }
                for (member, amount) in waited {
                    #expect(amount < quantum + largest, "seed \(seed): \(member) gave \(amount)")
                }
                #expect(world.queues[0] == [])
            }
        }
    }

    @Test("Members that always have more get equal shares, whatever the size of their elements")
    func fair() {
        var world = World(ring: DeficitRoundRobin(quantum: 1000))
        let sizes = [1: 10, 2: 999, 3: 1001, 4: 30_000, 5: 250]
        var given: [Int: Int] = [:]
        for _ in 0..<20_000 {
            for (member, size) in sizes where (world.queues[member] ?? []).count < 200 {
                world.add(Array(repeating: size, count: 200), to: member)
            }
            if let (member, amount) = world.take() { given[member, default: 0] += amount }
        }
        let least = given.values.min() ?? 0
        for (member, amount) in given { #expect(amount - least < 70_000, "\(member): \(given)") }
        #expect(given.count == sizes.count && least > 1_000_000)
    }

    @Test("Nobody starves, and nothing is lost, whoever comes and leaves")
    func everyoneIsServed() {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            var world = World(ring: DeficitRoundRobin(quantum: Int.random(in: 1...100, using: &random)))
            var (added, taken) = (0, 0)
            for _ in 0..<500 {
                if Bool.random(using: &random) {
                    let size = Int.random(in: 1...500, using: &random)
                    world.add([size], to: Int.random(in: 0..<20, using: &random))
                    added += size
                } else {
                    taken += world.take()?.amount ?? 0
                }
            }
            while let (_, amount) = world.take() { taken += amount }
            #expect(added == taken && world.ring.count == 0, "seed \(seed)")
        }
    }

    @Test("A member that gets something while it gives is ready again")
    func addedMeanwhile() {
        var ring = DeficitRoundRobin(quantum: 10)
        ring.add(1)
        #expect(ring.next()?.member == 1)
        ring.add(1)
        ring.took(3, from: 1, hasMore: false)
        #expect(ring.next()?.member == 1)
        ring.took(3, from: 1, hasMore: false)
        #expect(ring.next() == nil)
        ring.add(2)
        ring.remove(2)
        #expect(ring.next() == nil)
    }

    @Test("A debt is paid while others wait, and forgotten when nothing is left")
    func debts() {
        var world = World(ring: DeficitRoundRobin(quantum: 10))
        world.add([35, 1, 1], to: 1)
        world.add(Array(repeating: 10, count: 10), to: 2)
        var turns: [Int] = []
        while let (member, _) = world.take() { turns.append(member) }
        #expect(turns == [1, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2])
        world.add([35], to: 1)
        world.add([10, 10], to: 2)
        turns = []
        while let (member, _) = world.take() { turns.append(member) }
        #expect(turns == [1, 2, 2])
    }

    @Test("The followers of a workspace that was left and is followed again stay in order")
    func order() {
        var reading = FleetReading(quantum: 10)
        reading.join(1, "a")
        reading.ready(1)
        reading.join(2, "a")
        reading.join(3, "a")
        reading.ready(3)
        reading.ready(2)
        #expect(reading.next()?.member == 1)
        #expect(!reading.hasReady)
        reading.took(1, from: 1, hasMore: true)
        #expect(reading.next()?.member == 1)
        reading.drained(1)
        #expect(reading.next()?.member == 2)
        reading.drained(2)
        #expect(reading.next()?.member == 3)
        reading.drained(3)
        #expect(reading.isDrained)
        reading.ready(3)
        #expect(reading.next() == nil)
    }
}

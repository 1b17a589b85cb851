import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("The limiter of dials", .timeLimit(.minutes(1)))
struct DialLimiterTests {
    private struct Dials: Sendable {
        var active = 0
        var largest = 0
        var order: [Int] = []
        var times: [Duration] = []
        var refused = 0
    }

    /// Starts callers that dial for a time each.
    private static func dial(
        _ count: Int,
        _ limiter: DialLimiter,
        in world: VirtualWorld,
        for duration: Duration,
        _ dials: Locked<Dials>
    ) -> [Task<Void, Never>] {
        (0..<count).map { index in
            Task(executorPreference: world) {
                guard await limiter.acquire("host", in: world.environment()) else {
                    return dials.withLock { $0.refused += 1 }
                }
                dials.withLock { dials in
                    dials.active += 1
                    dials.largest = max(dials.largest, dials.active)
                    dials.order.append(index)
                    dials.times.append(world.now)
                }
                try? await world.sleep(duration)
                dials.withLock { $0.active -= 1 }
                limiter.release(in: world.environment())
            }
        }
    }

    @Test("Long dials: never more than 32 at once; they come in their order, and all come")
    func atOnce() {
        let (world, dials) = (VirtualWorld(), Locked(Dials()))
        let limiter = DialLimiter()
        _ = Self.dial(200, limiter, in: world, for: .seconds(2), dials)
        world.run(for: .seconds(60))
        let seen = dials.withLock { $0 }
        #expect(seen.largest == 32)
        #expect(seen.order == Array(0..<200))
        #expect(seen.active == 0)
        #expect(world.timerCount == 0)
    }

    @Test("Short dials to one authority: 20 to 30 ms from one to the next, so never more than 50 in a second")
    func perSecond() {
        let (world, dials) = (VirtualWorld(seed: 7), Locked(Dials()))
        _ = Self.dial(200, DialLimiter(), in: world, for: .milliseconds(1), dials)
        world.run(for: .seconds(60))
        let times = dials.withLock { $0.times }
        #expect(times.count == 200)
        for (earlier, later) in zip(times, times.dropFirst()) {
            #expect(later - earlier >= .milliseconds(20) && later - earlier <= .milliseconds(30))
        }
        // They do not keep step.
        #expect(Set(zip(times, times.dropFirst()).map { $1 - $0 }).count > 150)
    }

    @Test("A caller that is cancelled while it waits leaves; the others still come, and no permit is lost")
    func cancelled() {
        let (world, dials) = (VirtualWorld(), Locked(Dials()))
        let limiter = DialLimiter(maximumDials: 2)
        let tasks = Self.dial(20, limiter, in: world, for: .seconds(1), dials)
        world.settle()
        for index in stride(from: 3, to: 20, by: 2) { tasks[index].cancel() }
        world.run(for: .seconds(60))
        let seen = dials.withLock { $0 }
        #expect(seen.refused == 9)
        #expect(seen.order == [0, 1] + stride(from: 2, to: 20, by: 2))
        #expect(seen.largest == 2)
        // All permits are back.
        _ = Self.dial(2, limiter, in: world, for: .seconds(1), dials)
        world.run(for: .seconds(1))
        #expect(dials.withLock { $0.order.count } == 13)
    }

    @Test("Callers and releases on many threads: the bound holds, and every caller comes to its turn")
    func threads() async throws {
        let limiter = DialLimiter(maximumDials: 4, perSecond: 20_000)
        let environment = FollowerEnvironment.real(.init())
        let dials = Locked(Dials())
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                group.addTask {
                    guard await limiter.acquire("host-\(index % 3)", in: environment) else { return }
                    dials.withLock { dials in
                        dials.active += 1
                        dials.largest = max(dials.largest, dials.active)
                        dials.order.append(index)
                    }
                    await Task.yield()
                    dials.withLock { $0.active -= 1 }
                    limiter.release(in: environment)
                }
            }
        }
        let seen = dials.withLock { $0 }
        #expect(seen.order.count == 400)
        #expect(seen.largest <= 4)
        #expect(seen.active == 0)
    }
}

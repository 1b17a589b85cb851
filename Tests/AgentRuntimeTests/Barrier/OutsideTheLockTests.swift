import Testing
import WebSocketTransport

@Suite("What is known once")
struct OutsideTheLockTests {
    @Test("Who is told the value may ask again at once: nothing is called while the lock is held")
    func tellsOutsideTheLock() async {
        let outcome = Outcome<Int>()
        let seen = Outcome<Int?>()
        outcome.whenKnown { _ in seen.resolve(outcome.value) }
        outcome.resolve(7)
        #expect(await seen.wait() == 7)
        #expect(await outcome.wait() == 7)
    }

    @Test("Every waiter is released, however many there are")
    func releasesEveryWaiter() async {
        let outcome = Outcome<Int>()
        let sum = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { await outcome.wait() } }
            group.addTask {
                outcome.resolve(1)
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 50)
    }
}

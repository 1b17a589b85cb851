import ConcurrencyPrimitives
import Testing

@Suite("What is known once")
struct OutsideTheLockTests {
    @Test("Who is told the value may ask again at once: nothing is called while the lock is held")
    func tellsOutsideTheLock() async {
        let promise = Promise<Int>()
        let seen = Promise<Int?>()
        promise.whenKnown { _ in seen.resolve(promise.value) }
        promise.resolve(7)
        #expect(await seen.wait() == 7)
        #expect(await promise.wait() == 7)
    }

    @Test("Every waiter is released, however many there are")
    func releasesEveryWaiter() async {
        let promise = Promise<Int>()
        let sum = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { await promise.wait() } }
            group.addTask {
                promise.resolve(1)
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 50)
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing

@Suite("A value that becomes known once", .timeLimit(.minutes(1)))
struct PromiseTests {
    @Test("The first value counts, and everyone gets it, before and after")
    func firstCounts() async throws {
        let promise = Promise<Int>()
        #expect(promise.value == nil)
        let early = (0..<10).map { _ in Task { await promise.wait() } }
        #expect(promise.resolve(1))
        #expect(!promise.resolve(2))
        for waiter in early { #expect(await waiter.value == 1) }
        #expect(await promise.wait() == 1)
        #expect(try await promise.waitUnlessCancelled() == 1)
        #expect(promise.value == 1)
    }

    @Test("A cancelled wait throws, and the others go on")
    func cancelled() async throws {
        let promise = Promise<Int>()
        let cancelled = Task { try await promise.waitUnlessCancelled() }
        let other = Task { try await promise.waitUnlessCancelled() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
        promise.resolve(3)
        #expect(try await other.value == 3)
    }

    @Test("wait() is not ended by cancellation")
    func uncancelled() async {
        let promise = Promise<Int>()
        let waiter = Task { await promise.wait() }
        waiter.cancel()
        await Task.yield()
        promise.resolve(4)
        #expect(await waiter.value == 4)
    }

    @Test("A value that is known is given also to a cancelled task")
    func knownAndCancelled() async throws {
        let promise = Promise<Int>()
        promise.resolve(5)
        let waiter = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await promise.waitUnlessCancelled()
        }
        // Both results are correct; the task must only end.
        let result = await waiter.result
        if case .success(let value) = result { #expect(value == 5) } else { #expect(result.error is CancellationError) }
    }

    @Test("Under stress every waiter is resumed exactly once: with the value or by its cancellation")
    func stress() async throws {
        for round in 0..<200 {
            let promise = Promise<Int>()
            let waiters = (0..<16).map { _ in Task { try await promise.waitUnlessCancelled() } }
            let resolvers = (0..<4).map { index in Task { promise.resolve(index) } }
            for index in stride(from: 0, to: 16, by: 2) { waiters[index].cancel() }
            var winners = 0
            for resolver in resolvers where await resolver.value { winners += 1 }
            #expect(winners == 1)
            for (index, waiter) in waiters.enumerated() {
                switch await waiter.result {
                case .success(let value): #expect(value == promise.value)
                case .failure: #expect(index.isMultiple(of: 2), "round \(round): waiter \(index) was not cancelled")
                }
            }
        }
    }
}

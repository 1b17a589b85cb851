import Testing

@testable import MockAgentServer

@Suite("A watched value", .timeLimit(.minutes(1)))
struct WatchedTests {
    @Test("A waiter goes on when the value has the property, or has it already")
    func satisfied() async throws {
        let watched = Watched(0)
        async let waiting: Void = watched.wait { $0 >= 2 }
        watched.update { $0 = 1 }
        watched.update { $0 = 2 }
        try await waiting
        try await watched.wait { $0 == 2 }
    }

    @Test("A cancelled waiter gets CancellationError, before or while it waits")
    func cancelled() async {
        let watched = Watched(0)
        let task = Task { try await watched.wait { $0 == 1 } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        watched.update { $0 = 1 }
    }

    @Test("A finished value fails current and later waiters, but not those whose condition is true")
    func finished() async throws {
        let watched = Watched(0)
        let waiting = Task { try await watched.wait { $0 == 1 } }
        watched.finish()
        await #expect(throws: MockServerError.self) { try await waiting.value }
        await #expect(throws: MockServerError.self) { try await watched.wait { $0 == 1 } }
        try await watched.wait { $0 == 0 }
    }
}

import TestSupport
import Testing
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("The command queue", .timeLimit(.minutes(1)))
struct CommandQueueTests {
    @Test("Commands come out in order, however many tasks wait for room")
    func keepsOrder() async throws {
        let queue = CommandQueue(capacity: 2)
        let sender = Task { for index in 0..<100 { try await queue.enqueue(.shellInput("\(index)")) } }
        var received: [WorkspaceCommand] = []
        while received.count < 100, let commands = await queue.next() { received += commands }
        #expect(received == (0..<100).map { .shellInput("\($0)") })
        try await sender.value
    }

    @Test("A sender that waits and is cancelled is not sent")
    func cancelledSender() async throws {
        let queue = CommandQueue(capacity: 1)
        try await queue.enqueue(.ping)
        let waiting = Task { try await queue.enqueue(.shellInput("never")) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(await queue.next() == [.ping])
        queue.close(dropQueued: false)
        #expect(await queue.next() == nil)
    }

    @Test("Close lets the writer take what is queued and refuses those who wait", arguments: [true, false])
    func close(dropsQueued: Bool) async throws {
        let queue = CommandQueue(capacity: 1)
        try await queue.enqueue(.ping)
        let waiting = Task { try await queue.enqueue(.shellInput("late")) }
        try await eventually("the sender waits") { queue.waitingCount == 1 }
        queue.close(dropQueued: dropsQueued)
        let error = await #expect(throws: AgentRuntimeError.self) { try await waiting.value }
        #expect(error?.code == .streamClosed)
        #expect(await queue.next() == (dropsQueued ? nil : [.ping]))
        #expect(await queue.next() == nil)
    }

    @Test("Close wakes a writer that waits")
    func wakesTheWriter() async throws {
        let queue = CommandQueue(capacity: 1)
        async let next = queue.next()
        queue.close(dropQueued: false)
        #expect(await next == nil)
    }
}

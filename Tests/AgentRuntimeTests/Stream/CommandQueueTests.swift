import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("The command queue", .timeLimit(.minutes(1)))
struct CommandQueueTests {
    private static func queue(
        _ capacity: Int,
        _ timers: ManualTimers = ManualTimers()
    ) -> CommandQueue<WorkspaceCommand> {
        CommandQueue(capacity: capacity, timeout: .seconds(10), timers: timers)
    }

    @Test("Commands come out in order, however many wait for room")
    func keepsOrder() async throws {
        let queue = Self.queue(2)
        let senders = Task {
            await withThrowingTaskGroup { group in
                for index in 0..<100 {
                    group.addTask { try await queue.send(.shellInput("\(index)")) }
                    try? await eventually("queued or waiting") { queue.waitingCount >= min(index, 98) - 1 }
                }
            }
        }
        try await eventually("all are queued or wait") { queue.waitingCount == 98 }
        var received: [WorkspaceCommand] = []
        while received.count < 100, let entry = await queue.next() {
            received.append(entry.command)
            entry.receipt.resolve(.success(()))
        }
        #expect(received.count == 100)
        #expect(Set(received).count == 100)
        await senders.value
    }

    @Test("A sender that is cancelled while its command is here is not sent", arguments: [0, 1])
    func cancelledSender(queuedBefore: Int) async throws {
        let queue = Self.queue(1)
        let first = Task { try await queue.send(.ping) }
        if queuedBefore == 0 {
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
        }
        let waiting = Task { try await queue.send(.shellInput("never")) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        queue.close(dropQueued: false)
        let taken = await queue.next()
        #expect(taken?.command == (queuedBefore == 0 ? nil : .ping))
        taken?.receipt.resolve(.success(()))
        _ = try? await first.value
    }

    @Test(
        "Close lets the writer take what is queued and tells the others that nothing was sent",
        arguments: [true, false]
    )
    func close(dropsQueued: Bool) async throws {
        let queue = Self.queue(1)
        let queued = Task { try await queue.send(.ping) }
        let late = Task {
            try await eventually("the first is queued") { queue.queuedCount == 1 }
            try await queue.send(.shellInput("late"))
        }
        try await eventually("the second waits") { queue.waitingCount == 1 }
        queue.close(dropQueued: dropsQueued)
        let error = await #expect(throws: AgentRuntimeError.self) { try await late.value }
        #expect(error?.code == .streamClosed)
        if dropsQueued {
            #expect((await queue.next())?.command == nil)
            let dropped = await #expect(throws: AgentRuntimeError.self) { try await queued.value }
            #expect(dropped?.code == .streamClosed)
        } else {
            let entry = try #require(await queue.next())
            entry.receipt.resolve(.success(()))
            try await queued.value
            #expect((await queue.next())?.command == nil)
        }
    }

    @Test("The room of a sender that was cancelled is for who waits, and the writer is woken for it")
    func roomOfACancelledSender() async throws {
        let queue = Self.queue(1)
        let first = Task { try await queue.send(.ping) }
        try await eventually("the first is queued") { queue.queuedCount == 1 }
        let second = Task { try await queue.send(.shellInput("second")) }
        try await eventually("the second waits") { queue.waitingCount == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let entry = try await withTimeout("the second") { await queue.next() }
        #expect(entry?.command == .shellInput("second"))
        entry?.receipt.resolve(.success(()))
        try await second.value
    }

    @Test("A command stays here while the writer waits for room, so it can still be withdrawn")
    func staysUntilItIsTaken() async throws {
        let timers = ManualTimers()
        let queue = Self.queue(1, timers)
        let first = Task { try await queue.send(.shellInput("first")) }
        #expect(await queue.waitForCommand())
        let second = Task { try await queue.send(.shellInput("second")) }
        try await eventually("the second waits") { queue.waitingCount == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let entry = queue.takeFirst()
        #expect(entry?.command == .shellInput("second"))
        #expect(queue.takeFirst()?.command == nil)
        entry?.receipt.resolve(.success(()))
        try await second.value
    }

    @Test("Close wakes a writer that waits")
    func wakesTheWriter() async throws {
        let queue = Self.queue(1)
        async let next = queue.next()
        queue.close(dropQueued: false)
        #expect((await next)?.command == nil)
    }

    @Test("A command whose time is over is withdrawn while it is here, whether it waits for room or not")
    func timesOut() async throws {
        let timers = ManualTimers()
        let queue = Self.queue(1, timers)
        let senders = (0..<3).map { index in Task { try await queue.send(.shellInput("\(index)")) } }
        try await eventually("one is queued, two wait") { queue.waitingCount == 2 && timers.delays.count == 3 }
        timers.fireAll()
        for sender in senders {
            let error = await #expect(throws: AgentRuntimeError.self) { try await sender.value }
            #expect(error?.code == .timedOut)
        }
        // Required: else the next one would not be the late one.
        try #require(queue.queuedCount == 0)
        let late = Task { try await queue.send(.ping) }
        let entry = await queue.next()
        #expect(entry?.command == .ping)
        entry?.receipt.resolve(.success(()))
        try await late.value
    }

    @Test("A command that the writer has when its time is over may have been sent, and its sender is told so")
    func timesOutOnItsWay() async throws {
        let timers = ManualTimers()
        let queue = Self.queue(1, timers)
        let sender = Task { try await queue.send(.shellInput("x")) }
        let entry = try #require(await queue.next())
        try await eventually("the sender is bounded") { timers.delays == [.seconds(10)] }
        timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await sender.value }
        #expect(error?.code == .deliveryUnknown)
        entry.receipt.resolve(.success(()))
    }

    @Test("Several commands are one: no other command comes between them, and they are sent or not from the first on")
    func several() async throws {
        let queue = Self.queue(2)
        let sender = Task { try await queue.send(all: [.shellInput("a"), .shellInput("b"), .shellInput("c")]) }
        try await eventually("they are queued") { queue.waitingCount == 1 }
        let other = Task { try await queue.send(.ping) }
        try await eventually("the other one waits") { queue.waitingCount == 2 }
        let first = try #require(await queue.next())
        #expect(first.command == .shellInput("a"))
        first.receipt.resolve(.success(()))
        // The close keeps what is queued, and drops what waits for room.
        queue.close(dropQueued: false)
        let second = try #require(await queue.next())
        #expect(second.command == .shellInput("b"))
        second.receipt.resolve(.success(()))
        let third = try #require(await queue.next())
        #expect(third.command == .shellInput("c"))
        third.receipt.resolve(.failure(.commandNotSent))
        let error = await #expect(throws: AgentRuntimeError.self) { try await sender.value }
        #expect(error?.code == .deliveryUnknown)
        #expect(error?.message.hasPrefix("Only the first 2 of 3 messages were sent") == true)
        await #expect(throws: AgentRuntimeError.self) { try await other.value }
    }

    @Test("Several commands of which none was taken are not sent: their time is over, or their sender is cancelled")
    func severalNotSent() async throws {
        let timers = ManualTimers()
        let queue = Self.queue(8, timers)
        let late = Task { try await queue.send(all: [.ping, .ping, .ping]) }
        try await eventually("they are queued") { queue.queuedCount == 3 && timers.delays.count == 1 }
        timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await late.value }
        #expect(error?.code == .timedOut)
        let cancelled = Task { try await queue.send(all: [.ping, .ping]) }
        try await eventually("they are queued") { queue.queuedCount == 2 }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(queue.queuedCount == 0)
    }
}

extension CommandQueue {
    /// Takes the next command like a writer whose connection always has room; nil if the queue is closed and empty.
    fileprivate func next() async -> Entry? {
        while await self.waitForCommand() {
            if let entry = self.takeFirst() { return entry }
        }
        return nil
    }
}

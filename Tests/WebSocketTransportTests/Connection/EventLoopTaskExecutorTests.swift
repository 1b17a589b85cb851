import ConcurrencyPrimitives
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import WebSocketTransport

@Suite("The executor of an event loop", .timeLimit(.minutes(1)))
struct EventLoopTaskExecutorTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let log = Locked<[String]>([])

    private func note(_ event: String) { self.log.withLock { $0.append(event) } }

    /// A task that waits on the executor and records when it goes on.
    private func waiter(_ name: String, on executor: EventLoopTaskExecutor, for gate: Promise<Bool>) async throws
        -> Task<Void, Never>
    {
        let task = Task(executorPreference: executor) {
            _ = await gate.wait()
            self.note(name)
        }
        // After its first job, which ends at the wait.
        try await self.eventLoop.submit {}.get()
        return task
    }

    /// Resumes the tasks that wait for the gates, as a read does.
    private func handle(_ gates: [Promise<Bool>], on executor: EventLoopTaskExecutor) {
        executor.keepingNext { for gate in gates { gate.resolve(true) } }
        self.note("handled")
        executor.runKept()
        self.note("done")
    }

    @Test("The first task that a read wakes runs when the read was handled, the others in later turns")
    func keepsTheFirst() async throws {
        let executor = EventLoopTaskExecutor(self.eventLoop)
        let gates = [Promise<Bool>(), Promise<Bool>()]
        let first = try await self.waiter("first", on: executor, for: gates[0])
        let second = try await self.waiter("second", on: executor, for: gates[1])
        try await self.eventLoop.submit { self.handle(gates, on: executor) }.get()
        await first.value
        await second.value
        #expect(self.log.withLock { $0 } == ["handled", "first", "done", "second"])
    }

    @Test("A read inside the handling of another one takes no task from it")
    func runsEachOnce() async throws {
        let executor = EventLoopTaskExecutor(self.eventLoop)
        let gates = [Promise<Bool>(), Promise<Bool>()]
        let outer = try await self.waiter("outer", on: executor, for: gates[0])
        let inner = try await self.waiter("inner", on: executor, for: gates[1])
        try await self.eventLoop.submit {
            executor.keepingNext { gates[0].resolve(true) }
            self.handle([gates[1]], on: executor)
            executor.runKept()
        }.get()
        try await withTimeout("both tasks") {
            await outer.value
            await inner.value
        }
        #expect(Set(self.log.withLock { $0 }) == ["outer", "inner", "handled", "done"])
    }

    @Test("Where a task runs already, no other one runs inside it")
    func runsNoneInsideAnother() async throws {
        let executor = EventLoopTaskExecutor(self.eventLoop)
        let gate = Promise<Bool>()
        let woken = try await self.waiter("woken", on: executor, for: gate)
        await Task(executorPreference: executor) { self.handle([gate], on: executor) }.value
        await woken.value
        #expect(self.log.withLock { $0 } == ["handled", "done", "woken"])
    }

    @Test("Without a read, each task runs in a turn of its own")
    func runsInTurns() async throws {
        let executor = EventLoopTaskExecutor(self.eventLoop)
        let gate = Promise<Bool>()
        let woken = try await self.waiter("woken", on: executor, for: gate)
        try await self.eventLoop.submit {
            gate.resolve(true)
            executor.runKept()
            self.note("done")
        }.get()
        await woken.value
        #expect(self.log.withLock { $0 } == ["done", "woken"])
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("The gate", .timeLimit(.minutes(5)))
struct WorkspaceGateTests {
    private let clock = ManualClock()

    private func gate() -> WorkspaceGate { WorkspaceGate(clock: self.clock) }

    private func id(_ text: String = "blue") throws -> WorkspaceID { try WorkspaceID(text) }

    @Test("One holder at a time")
    func excludes() async throws {
        let (gate, id, mark) = (self.gate(), try self.id(), HighWaterMark())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    try await gate.withGate(of: id, for: .restart) { _ in
                        mark.enter()
                        for _ in 0..<20 { await Task.yield() }
                        mark.leave()
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect(mark.most == 1)
        #expect(gate.heldCount == 0)
    }

    @Test("Waiters are served in the order they came")
    func servesInOrder() async throws {
        let (gate, id, order) = (self.gate(), try self.id(), Recorder<Int>())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let held = try await gate.acquire(id, for: .start)
            for number in 0..<8 {
                tasks.addTask { try await gate.withGate(of: id, for: .stop) { _ in order.append(number) } }
                try await eventually("the next one waits") { gate.waiters(of: id).count == number + 1 }
            }
            _ = consume held
            try await tasks.waitForAll()
        }
        #expect(order.take() == Array(0..<8))
    }

    @Test("A cancelled waiter leaves the queue and the gate goes to the next one")
    func cancelledWaiterLeaves() async throws {
        let (gate, id) = (self.gate(), try self.id())
        let held = try await gate.acquire(id, for: .start)
        let cancelled = Task { try await gate.withGate(of: id, for: .stop) { _ in } }
        try await eventually("the first one waits") { gate.waiters(of: id).count == 1 }
        let next = Task { try await gate.withGate(of: id, for: .stop) { _ in true } }
        try await eventually("the second one waits") { gate.waiters(of: id).count == 2 }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        _ = consume held
        #expect(try await next.value)
        #expect(gate.heldCount == 0)
    }

    @Test("A task that is cancelled before it asks gets nothing and keeps nothing")
    func cancelledBeforeAsking() async throws {
        let (gate, id) = (self.gate(), try self.id())
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await gate.withGate(of: id, for: .stop) { _ in }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(gate.heldCount == 0)
    }

    @Test("Cancelling and releasing at the same moment never loses the gate")
    func cancelAgainstGrant() async throws {
        let (gate, id) = (self.gate(), try self.id())
        for _ in 0..<500 {
            let held = Transferred(try await gate.acquire(id, for: .start))
            let waiter = Task { try await gate.withGate(of: id, for: .stop) { _ in } }
            let releasing = Task { _ = held.take() }
            waiter.cancel()
            _ = await waiter.result
            await releasing.value
            #expect(gate.heldCount == 0)
        }
    }

    @Test("A waiter whose time is up is told who holds the gate")
    func deadline() async throws {
        let (gate, id) = (self.gate(), try self.id())
        let held = try await Task(name: "the upgrade") { Transferred(try await gate.acquire(id, for: .restart)) }.value
        let waiter = Task { try await gate.withGate(of: id, for: .stop, within: .seconds(3)) { _ in } }
        try await eventually("the waiter waits and its time runs") {
            self.clock.sleeperCount == 1 && gate.waiters(of: id).count == 1
        }
        self.clock.advance(by: .seconds(3))
        let error = try await #require(throws: LifecycleError.self) { try await waiter.value }
        #expect(error.code == .gateTimeout)
        #expect(error.message.contains("restart") && error.message.contains("the upgrade"))
        #expect(gate.holder(of: id)?.verb == .restart && gate.holder(of: id)?.requester == "the upgrade")
        _ = held.take()
        #expect(gate.heldCount == 0)
    }

    @Test("A limit of zero takes a free gate and refuses a held one at once")
    func zeroLimit() async throws {
        let gate = WorkspaceGate()
        let id = try self.id()
        for _ in 0..<500 { try await gate.withGate(of: id, for: .start, within: .zero) { _ in } }
        let held = try await gate.acquire(id, for: .start)
        await #expect(throws: LifecycleError.self) { _ = try await gate.acquire(id, for: .stop, within: .zero) }
        _ = consume held
    }

    @Test(
        "A request whose time ran out, or that was cancelled, before it began to wait",
        arguments: [
            (WaitingRoom.Arrival.timedOut, false, WaitingRoom.Arrival.granted), (.timedOut, true, .timedOut),
            (.cancelled, false, .granted), (.cancelled, true, .cancelled),
        ]
    )
    func leftEarly(early: WaitingRoom.Arrival, isHeld: Bool, answer: WaitingRoom.Arrival) async throws {
        let id = try self.id()
        let arrival = await withCheckedContinuation { (waiter: WaitingRoom.Waiter) in
            var room = WaitingRoom()
            let holder = room.gates.makeRequest(id, .start, by: "", now: .zero)
            if isHeld { room.enqueue(holder) }
            let request = room.gates.makeRequest(id, .stop, by: "", now: .zero)
            room.enqueue(request)
            _ = room.leave(request, early)
            let known = room.begin(request, waiter)
            #expect(known != nil && room.gates.waiters(of: id).isEmpty)
            waiter.resume(returning: known ?? .cancelled)
        }
        #expect(arrival == answer)
    }

    @Test("Taking a gate one holds is an error, also in a child task; another workspace's is not")
    func reentrance() async throws {
        let (gate, id, other) = (self.gate(), try self.id(), try self.id("green"))
        try await gate.withGate(of: id, for: .restart) { _ in
            let error = await #expect(throws: LifecycleError.self) { _ = try await gate.acquire(id, for: .stop) }
            #expect(error?.code == .gateHeldByCaller)
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    await #expect(throws: LifecycleError.self) { _ = try await gate.acquire(id, for: .stop) }
                }
            }
            try await gate.withGate(of: other, for: .stop) { _ in }
        }
        try await gate.withGate(of: id, for: .stop) { _ in }
    }

    @Test("A variant that takes the hold works under it")
    func lockedVariant() async throws {
        func inner(_ held: borrowing WorkspaceGate.Held) async -> WorkspaceID { held.workspace }
        let (gate, id) = (self.gate(), try self.id())
        let inside = try await gate.withGate(of: id, for: .stop) { held in await inner(held) }
        #expect(inside == id)
    }

    @Test("The gate is released when the body throws")
    func releasedOnThrow() async throws {
        struct Failure: Error {}
        let (gate, id) = (self.gate(), try self.id())
        await #expect(throws: Failure.self) { try await gate.withGate(of: id, for: .stop) { _ in throw Failure() } }
        #expect(gate.heldCount == 0)
    }

    @Test("A hold moved into tracked work is released at the end of that work, not before")
    func movedIntoWork() async throws {
        let (gate, id, work, proceed) = (self.gate(), try self.id(), DrainGroup(), Promise<Void>())
        let moved = Transferred(try await gate.acquire(id, for: .create))
        work.start {
            guard let held = moved.take() else { return }
            await held.run { _ in _ = try? await proceed.waitUnlessCancelled() }
        }
        #expect(gate.holder(of: id)?.verb == .create)
        proceed.resolve(())
        await work.drain()
        #expect(gate.heldCount == 0)
    }

    @Test("Different workspaces never wait for each other; the same one does", arguments: ["green", "blue"])
    func independent(name: String) async throws {
        let (gate, id, other) = (self.gate(), try self.id(), try self.id(name))
        let held = try await gate.acquire(id, for: .start)
        let second = Task { try await gate.withGate(of: other, for: .start, within: .zero) { _ in gate.heldCount } }
        let count = try? await second.value
        #expect(count == (name == "green" ? 2 : nil))
        _ = consume held
        #expect(gate.heldCount == 0)
    }
}

import ConcurrencyPrimitives
import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("What one turn of the event loop runs", .timeLimit(.minutes(1)))
struct TurnTests {
    @Test("A task that a read wakes, and the one that this one wakes, run before the event loop turns to anything else")
    func chain() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let executor = EventLoopTaskExecutor(eventLoop)
        let order = Order()
        let (first, second) = (Promise<Void>(), Promise<Void>())
        let tasks = [
            Task(executorPreference: executor) {
                await first.wait()
                order.note("first")
                second.resolve(())
            },
            Task(executorPreference: executor) {
                await second.wait()
                order.note("second")
            },
        ]
        try await Self.settle(eventLoop)
        try await eventLoop.submit {
            eventLoop.execute { order.note("turn") }
            executor.keepingNext { first.resolve(()) }
            executor.runKept()
        }.get()
        for task in tasks { await task.value }
        try await Self.settle(eventLoop)
        #expect(order.noted == ["first", "second", "turn"])
    }

    @Test("A task that only yields does not keep the event loop for itself")
    func yielding() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let executor = EventLoopTaskExecutor(eventLoop)
        let (begin, stop) = (Promise<Void>(), Promise<Void>())
        let task = Task(executorPreference: executor) {
            await begin.wait()
            while stop.value == nil { await Task.yield() }
        }
        try await Self.settle(eventLoop)
        try await eventLoop.submit {
            executor.keepingNext { begin.resolve(()) }
            executor.runKept()
        }.get()
        // With a fault it would never run: the event loop runs it only between the turns of the task.
        eventLoop.execute { stop.resolve(()) }
        await task.value
    }

    @Test("Tasks elsewhere are resumed at the end of the turn, all of them, once there are many without waiting for it")
    func lateWakes() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let executor = EventLoopTaskExecutor(eventLoop)
        let resumed = Counter()
        let mailboxes = (0..<40).map { _ in
            BatchMailbox<Int>(highMark: .init(bytes: 100, elements: 100), lowShare: 0.5, onRoom: {})
        }
        let tasks = mailboxes.map { mailbox in
            Task {
                if case .nothing(let id) = mailbox.takeReady() {
                    let wake = await withUnsafeContinuation { mailbox.begin(id, $0, isElsewhere: true) }
                    #expect(wake == .more)
                }
                resumed.increment()
                guard case .next(.batch(let value)) = mailbox.takeReady() else { return -1 }
                return value
            }
        }
        try await eventually("all wait") { mailboxes.allSatisfy(\.isAwaited) }
        try await eventLoop.submit {
            for (number, mailbox) in mailboxes.enumerated() {
                let (_, waiter) = mailbox.pushing(number, cost: .init(bytes: 1, elements: 1))
                waiter.map { executor.resume($0.continuation) }
            }
        }.get()
        for (number, task) in tasks.enumerated() { #expect(await task.value == number) }
        #expect(resumed.value == 40)
    }

    /// Waits until the tasks on the executor have run as far as they can.
    private static func settle(_ eventLoop: any EventLoop) async throws {
        for _ in 0..<3 { try await eventLoop.submit {}.get() }
    }
}

/// The events of a test, in order.
private final class Order: Sendable {
    private let names = Locked<[String]>([])

    var noted: [String] { self.names.withLock { $0 } }

    func note(_ name: String) { self.names.withLock { $0.append(name) } }
}

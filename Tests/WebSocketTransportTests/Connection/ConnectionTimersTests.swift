import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

@Suite("The timers of a connection", .timeLimit(.minutes(1)))
struct ConnectionTimersTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Starts a timer that fires long after the test.
    private func start(_ kind: ConnectionTimers.Kind, in timers: inout ConnectionTimers) -> Started {
        var started: Started?
        timers.start(kind) { number in
            let task = self.eventLoop.scheduleTask(in: .hours(1000)) {}
            started = Started(number: number, task: task)
            return task
        }
        return started.unsafelyUnwrapped
    }

    private struct Started {
        let number: ConnectionTimers.Number
        let task: Scheduled<Void>

        /// Whether it was cancelled.
        var isCancelled: Bool {
            get async { (try? await self.task.futureResult.get()) == nil }
        }
    }

    @Test("A timer that was replaced and fires all the same does not count, and the new one is not lost by it")
    func replaced() async {
        var timers = ConnectionTimers()
        let old = self.start(.life, in: &timers)
        let new = self.start(.life, in: &timers)
        #expect(await old.isCancelled)
        let isOld = timers.fires(.life, old.number)
        #expect(!isOld)
        timers.cancelAll()
        #expect(await new.isCancelled)
    }

    @Test("A timer fires once, and its kind alone")
    func fires() async {
        var timers = ConnectionTimers()
        let life = self.start(.life, in: &timers)
        let close = self.start(.close, in: &timers)
        let fired = [
            timers.fires(.life, life.number), timers.fires(.life, life.number), timers.fires(.answer, close.number),
        ]
        #expect(fired == [true, false, false])
        timers.cancel(.close)
        let isLate = timers.fires(.close, close.number)
        #expect(await close.isCancelled && !isLate)
        life.task.cancel()
    }
}

import ConcurrencyPrimitives
import NIOCore

/// Runs a task on the thread of a connection's event loop, between its reads and writes.
///
/// A consumer that a read wakes runs directly after that read. If it ran in the next turn of the event loop, that would
/// cost a tenth of a round trip. The same is true for a task that the consumer wakes: for example, the reader of a
/// workspace stream wakes the consumer of its events. All messages that a task sends before it next waits go out in one
/// write.
// Sendable: its variables are used only on the thread of the event loop.
final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    private let eventLoop: any EventLoop
    // Unchecked for exclusive access, because each read uses all of them several times.
    /// The handler that sends for the connection, while there is one.
    ///
    /// It is set and removed together with the one in ``ConnectionCore``, which checks the thread at each use.
    @exclusivity(unchecked) var handler: WebSocketChannelHandler?
    @exclusivity(unchecked) private var keepsNext = false
    /// The one task that is kept for ``runKept()``.
    @exclusivity(unchecked) private var kept: UnownedJob?
    @exclusivity(unchecked) private var runsKept = false
    /// Looked up only once.
    @exclusivity(unchecked) private var lateWakes: LateWakes?

    /// - Parameter eventLoop: The event loop that runs the tasks.
    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if self.eventLoop.inEventLoop, self.keepsNext, self.kept == nil {
            self.keepsNext = false
            self.kept = job
        } else {
            self.eventLoop.execute { self.run(job) }
        }
    }

    /// Resumes a task that runs on another thread: on the event loop together with others of the same turn, otherwise
    /// now.
    func resume(_ waiter: LateWakes.Waiter) {
        guard self.eventLoop.inEventLoop else { return waiter.resume(returning: .more) }
        let wakes = self.lateWakes ?? LateWakes.on(self.eventLoop)
        self.lateWakes = wakes
        wakes.add(waiter)
    }

    /// Keeps the first task that `body` resumes; called on the event loop.
    ///
    /// - Parameter body: Hands a batch over; ``runKept()`` must be called after it.
    func keepingNext(_ body: () -> Void) {
        // If a task already runs, no other task may run inside it.
        let runsNone = withUnsafeCurrentTask { task in
            // `== nil` would copy the task.
            if case .some = task { false } else { true }
        }
        self.keepsNext = runsNone && !self.isInsideWrite
        body()
        self.keepsNext = false
    }

    /// Runs the kept task, then the task that it wakes, and so on, up to a limit.
    func runKept() {
        // While a kept task runs, the next one waits for the end of its turn.
        guard !self.isInsideWrite, !self.runsKept else { return }
        self.runsKept = true
        defer { self.runsKept = false }
        for turn in 1...Self.mostInARow {
            guard let job = self.kept.take() else { return }
            self.keepsNext = turn < Self.mostInARow
            self.run(job)
            self.keepsNext = false
        }
    }

    /// Without this limit, a task that only yields would keep the event loop for itself.
    private static let mostInARow = 3

    /// Whether a write is in progress.
    ///
    /// If a write fails, SwiftNIO reads the remaining bytes inside that write. The outer read may have kept a task, and
    /// runs it itself.
    private var isInsideWrite: Bool { self.handler?.flushTurn.isFlushing == true }

    private func run(_ job: UnownedJob) {
        guard let handler = self.handler else {
            return job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
        handler.holdFlushes { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

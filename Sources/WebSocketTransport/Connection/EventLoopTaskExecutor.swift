import ConcurrencyPrimitives
import NIOCore

/// Runs a task on the thread of a connection's event loop, between its reads and writes.
///
/// The consumer that a read wakes runs when that read has been handled, and not in the event loop's next turn, which
/// would cost a tenth of a round trip; so does whom that one wakes in turn, as the reader of a workspace stream wakes who
/// takes its events. What a task sends until it waits for something leaves in one write.
// Sendable: its variables are used on the thread of the event loop only.
final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    private let eventLoop: any EventLoop
    // Unchecked for exclusive access, as all of them are looked at several times for each read.
    /// Sends for the connection, while there is one; set and taken away with that of ``ConnectionCore``, which checks the
    /// thread at each use.
    @exclusivity(unchecked) var handler: WebSocketChannelHandler?
    @exclusivity(unchecked) private var keepsNext = false
    /// The one job that was kept for ``runKept()``.
    @exclusivity(unchecked) private var kept: UnownedJob?
    @exclusivity(unchecked) private var runsKept = false
    /// Looked up once.
    @exclusivity(unchecked) private var lateWakes: LateWakes?

    /// - Parameter eventLoop: Where to run tasks.
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

    /// Resumes a task that runs on another thread: on the event loop with those that it wakes in the same turn, else now.
    func resume(_ waiter: LateWakes.Waiter) {
        guard self.eventLoop.inEventLoop else { return waiter.resume(returning: .more) }
        let wakes = self.lateWakes ?? LateWakes.on(self.eventLoop)
        self.lateWakes = wakes
        wakes.add(waiter)
    }

    /// Keeps the first task that `body` resumes; on the event loop.
    ///
    /// - Parameter body: Hands a batch over; ``runKept()`` must follow.
    func keepingNext(_ body: () -> Void) {
        // Where a task runs already, no other one may run inside it.
        let runsNone = withUnsafeCurrentTask { task in
            // Not `== nil`, which copies it.
            if case .some = task { false } else { true }
        }
        self.keepsNext = runsNone && !self.isInsideWrite
        body()
        self.keepsNext = false
    }

    /// Runs what was kept, and then whom that wakes: one after the other, and not for ever.
    func runKept() {
        // Where a kept task runs, the next one waits until it has ended its turn.
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

    /// A task that only yields would else have the event loop for itself.
    private static let mostInARow = 3

    /// SwiftNIO reads what is left from inside a write that fails: the read around that write may have kept a task, and
    /// runs it itself.
    private var isInsideWrite: Bool { self.handler?.flushTurn.isFlushing == true }

    private func run(_ job: UnownedJob) {
        guard let handler = self.handler else {
            return job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
        handler.holdFlushes { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

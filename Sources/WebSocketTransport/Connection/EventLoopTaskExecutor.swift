import NIOCore

/// Runs a task on the thread of a connection's event loop, between its reads and writes.
///
/// What the task sends until it waits for something leaves in one write.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<WebSocketChannelHandler?>

    init(_ eventLoop: any EventLoop, handler: NIOLoopBoundBox<WebSocketChannelHandler?>) {
        self.eventLoop = eventLoop
        self.handler = handler
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.eventLoop.execute {
            guard let handler = self.handler.value else {
                return job.runSynchronously(on: self.asUnownedTaskExecutor())
            }
            handler.holdFlushes { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

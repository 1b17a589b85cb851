/// The tasks of a server that outlive the request that began them; the server waits for them when it stops.
final class WorkQueue: Sendable {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let incoming: AsyncStream<Job>.Continuation

    init() { (self.jobs, self.incoming) = AsyncStream.makeStream(of: Job.self) }

    /// Runs a job in a task of its own, which is cancelled when the server stops.
    func add(_ job: @escaping Job) { self.incoming.yield(job) }

    /// Runs jobs until ``finish()`` or cancellation; returns when all have ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in self.jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }

    /// Takes no more jobs.
    func finish() { self.incoming.finish() }
}

import WebSocketTransport

/// What one task is in; written by that task, read by reports.
final class TaskActivity: Sendable {
    private let current: Locked<(activity: StreamTaskReport.Activity, since: ContinuousClock.Instant)>

    init(_ activity: StreamTaskReport.Activity) { self.current = Locked((activity, .now)) }

    /// The task goes on to something else.
    func enter(_ activity: StreamTaskReport.Activity) { self.current.withLock { $0 = (activity, .now) } }

    func report(_ task: StreamTask) -> StreamTaskReport {
        let (activity, since) = self.current.withLock { $0 }
        return StreamTaskReport(task: task, activity: activity, elapsed: since.duration(to: .now))
    }
}

import NIOCore
import Synchronization

/// What one task is in; written by that task, read by reports.
final class TaskActivity: Sendable {
    /// Since when, in nanoseconds of the monotonic clock, times eight, and the place of the activity in ``all``: one word,
    /// as two of them are written for each batch of events.
    private let current: Atomic<UInt64>

    private static let all: [StreamTaskReport.Activity] = [
        .connecting, .receiving, .decoding, .waitingForRoom, .waitingForCommands, .sending, .closing,
    ]

    init(_ activity: StreamTaskReport.Activity) { self.current = Atomic(Self.word(activity)) }

    private static func word(_ activity: StreamTaskReport.Activity) -> UInt64 {
        let place: UInt64 =
            switch activity {
            case .connecting: 0
            case .receiving: 1
            case .decoding: 2
            case .waitingForRoom: 3
            case .waitingForCommands: 4
            case .sending: 5
            case .closing: 6
            }
        return NIODeadline.now().uptimeNanoseconds &<< 3 | place
    }

    /// The task goes on to something else.
    func enter(_ activity: StreamTaskReport.Activity) { self.current.store(Self.word(activity), ordering: .relaxed) }

    func report(_ task: StreamTask) -> StreamTaskReport {
        let word = self.current.load(ordering: .relaxed)
        let elapsed = NIODeadline.now() - NIODeadline.uptimeNanoseconds(word >> 3)
        return StreamTaskReport(
            task: task,
            activity: Self.all[Int(word & 7)],
            elapsed: .nanoseconds(max(0, elapsed.nanoseconds))
        )
    }
}

import NIOCore
import Synchronization

/// What one task is doing now; the task writes it, and reports read it.
final class TaskActivity: Sendable {
    /// The start time, in nanoseconds of the monotonic clock, above the index of the activity in ``all``.
    ///
    /// It is one word, because the reader writes it twice for each batch of events.
    private let current: Atomic<UInt64>

    /// The bits for the index.
    private static let indexBits: UInt64 = 3
    private static let indexMask: UInt64 = 7

    private static let all: [StreamTaskReport.Activity] = [
        .connecting, .receiving, .decoding, .waitingForRoom, .waitingForCommands, .sending, .closing,
        .calling,
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
            case .calling: 7
            }
        return NIODeadline.now().uptimeNanoseconds &<< Self.indexBits | place
    }

    /// The task begins another activity.
    func enter(_ activity: StreamTaskReport.Activity) { self.current.store(Self.word(activity), ordering: .relaxed) }

    func report(_ task: StreamTask, in slot: StreamSlot.Name) -> StreamTaskReport {
        let word = self.current.load(ordering: .relaxed)
        let elapsed = NIODeadline.now() - NIODeadline.uptimeNanoseconds(word >> Self.indexBits)
        return StreamTaskReport(
            slot: slot.rawValue,
            task: task,
            activity: Self.all[Int(word & Self.indexMask)],
            elapsed: .nanoseconds(max(0, elapsed.nanoseconds))
        )
    }
}

/// The steps of the verbs, in order: each is a point where the acting process may die.
///
/// ``start``, ``stop``, ``restart`` and ``giveUp`` are what an undisturbed run passes; a test holds them against a real run and
/// another one generates a crash at each of them.
package enum Step: String, Sendable, CaseIterable {
    /// The gate of this process is held.
    case gateTaken
    /// The start lock of this machine is held.
    case lockTaken
    /// The record was read.
    case journalRead
    /// It is known what still lives.
    case leftoversInspected
    /// The next generation's tombstone lies beside the record, not in its place yet.
    case startingWritten
    /// The tombstone of the next generation is on disk.
    case startingRecorded
    /// A stub waits on its commit pipe.
    case stubSpawned
    /// The record that names the stub lies beside the record.
    case childWritten
    /// The stub's identity is on disk.
    case childRecorded
    /// The stub was told to become the runtime.
    case committed
    /// The runtime has proven who it is.
    case identityProven
    /// The record of the running generation lies beside the record.
    case runningWritten
    /// The running generation is on disk.
    case runningRecorded
    /// The tombstone of the stop lies beside the record.
    case stoppingWritten
    /// The tombstone of the stop is on disk.
    case stoppingRecorded
    /// The runtime was asked to end.
    case endRequested
    /// Nothing of the runtime lives any more.
    case processesEnded
    /// The record of the end lies beside the record.
    case endWritten
    /// The end is on disk.
    case endRecorded
    /// The record with another budget for complaints lies beside the record.
    case budgetWritten
    /// The budget is on disk.
    case budgetRecorded
    /// The result is known; gate and lock are still held.
    case settled
    /// The start lock is released; the gate follows.
    case lockReleased

    private static let entry: [Step] = [.gateTaken, .lockTaken, .journalRead, .leftoversInspected]
    private static let launch: [Step] = [
        .startingWritten, .startingRecorded, .stubSpawned, .childWritten, .childRecorded, .committed, .identityProven,
        .runningWritten, .runningRecorded,
    ]
    private static let ending: [Step] = [.stoppingWritten, .stoppingRecorded, .endRequested, .processesEnded]

    /// A start of a workspace of which nothing lives.
    package static let start = Self.entry + Self.launch + [.settled, .lockReleased]
    /// A stop of a running workspace.
    package static let stop = Self.entry + Self.ending + [.endWritten, .endRecorded, .settled, .lockReleased]
    /// A restart of a running workspace: both under one hold and one lock.
    package static let restart = Self.entry + Self.ending + Self.launch + [.settled, .lockReleased]
    /// A complaint for which there is no budget left.
    package static let giveUp = Self.entry + [.budgetWritten, .budgetRecorded, .settled, .lockReleased]
}

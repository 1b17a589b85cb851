/// The steps of the verbs, in order; the acting process may die at each of them.
///
/// ``start``, ``stop``, ``restart`` and ``giveUp`` list the steps of an undisturbed run. One test compares them with a
/// real run, and another one makes a crash at each step.
package enum LifecycleStep: String, Sendable, CaseIterable {
    /// The gate of this process is held.
    case gateTaken
    /// The start lock of this machine is held.
    case lockTaken
    /// The record was read.
    case journalRead
    /// The verb knows which processes still live.
    case leftoversInspected
    /// The tombstone of the next generation is in a file beside the record, not in its place yet.
    case startingWritten
    /// The tombstone of the next generation is on disk.
    case startingRecorded
    /// A stub waits on its commit pipe.
    case stubSpawned
    /// The record that names the stub is in a file beside the record, not in its place yet.
    case childWritten
    /// The record that names the stub is on disk.
    case childRecorded
    /// The stub was told to become the runtime.
    case committed
    /// The runtime has proven its identity.
    case identityProven
    /// The record of the running generation is in a file beside the record, not in its place yet.
    case runningWritten
    /// The running generation is on disk.
    case runningRecorded
    /// The tombstone of the stop is in a file beside the record, not in its place yet.
    case stoppingWritten
    /// The tombstone of the stop is on disk.
    case stoppingRecorded
    /// The runtime was asked to end.
    case endRequested
    /// No process of the runtime lives.
    case processesEnded
    /// The record of the end is in a file beside the record, not in its place yet.
    case endWritten
    /// The end is on disk.
    case endRecorded
    /// The record with the changed budget is in a file beside the record, not in its place yet.
    case budgetWritten
    /// The changed budget is on disk.
    case budgetRecorded
    /// The result is known; gate and lock are still held.
    case settled
    /// The start lock is released; the gate is released next.
    case lockReleased

    private static let entry: [LifecycleStep] = [.gateTaken, .lockTaken, .journalRead, .leftoversInspected]
    private static let launch: [LifecycleStep] = [
        .startingWritten, .startingRecorded, .stubSpawned, .childWritten, .childRecorded, .committed, .identityProven,
        .runningWritten, .runningRecorded,
    ]
    private static let ending: [LifecycleStep] = [.stoppingWritten, .stoppingRecorded, .endRequested, .processesEnded]

    /// A start of a workspace without any live process.
    package static let start = Self.entry + Self.launch + [.settled, .lockReleased]
    /// A stop of a running workspace.
    package static let stop = Self.entry + Self.ending + [.endWritten, .endRecorded, .settled, .lockReleased]
    /// A restart of a running workspace: stop and start under one claim.
    package static let restart = Self.entry + Self.ending + Self.launch + [.settled, .lockReleased]
    /// A complaint when the budget is used up.
    package static let giveUp = Self.entry + [.budgetWritten, .budgetRecorded, .settled, .lockReleased]
}

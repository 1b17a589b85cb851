import ConcurrencyPrimitives

/// What is in a slot that is not idle: an attempt to open a stream, then the stream.
struct SlotOccupant: Sendable {
    /// Told true when it is to look at the slot again, false when its time is over.
    typealias Opener = Promise<Bool>

    let id: StreamID
    /// While it is being opened.
    var dial: (any RuntimeDial)?
    /// What the opener is in, while it dials.
    let dialling = TaskActivity(.connecting)
    /// Once it is open.
    var stream: (any RunningStream)?
    /// Resolves when it has left the slot.
    let gone = Promise<Void>()
    /// Who wants to open a stream in this slot, and waits until this one has left.
    var openers: [Opener] = []

    /// The tasks that work for it, with what they are in.
    ///
    /// - Parameter members: Their names.
    /// - Returns: A report of each.
    func reports(of members: Set<StreamTask>) -> [StreamTaskReport] {
        StreamTask.allCases.filter(members.contains).compactMap { task in
            switch task {
            case .dial: self.dialling.report(task)
            case .reader: self.stream?.reading.report(task)
            case .writer: self.stream?.writing.report(task)
            }
        }
    }
}

/// A stream of any kind, as the client ends it.
protocol RunningStream: AnyObject, Sendable {
    var id: StreamID { get }
    var reading: TaskActivity { get }
    var writing: TaskActivity { get }
    /// Known when a close was requested or the connection ended: tasks may still be leaving.
    var closeRequested: Promise<WorkspaceStreamEnd> { get }
    /// Known when no task, socket or timer of the stream is left, and the client has let go of it.
    var drained: Promise<WorkspaceStreamEnd> { get }

    /// Wakes its tasks so that they leave; never waits.
    func shutDown(_ end: WorkspaceStreamEnd, within limit: Duration?)
    /// Makes a shutdown that is under way abrupt; never waits.
    func cut()
    /// Gives a shutdown that is under way no more time than this; never waits.
    func limitLife(to limit: Duration)
    /// Ends the loops over its events; those that came can still be taken.
    func finishEvents(_ error: (any Error)?)
}

import ConcurrencyPrimitives

/// The occupant of a slot: first an attempt to open a stream, then the stream.
struct SlotOccupant: Sendable {
    /// An opener that waits for the slot: true means to look at the slot again, false means that its time is over.
    typealias Opener = Promise<Bool>

    let id: StreamID
    /// The dial; nil after the stream was opened.
    var dial: (any RuntimeDial)?
    /// What the opener is doing while it dials.
    let dialling = TaskActivity(.connecting)
    /// The stream; nil before it is open.
    var stream: (any RunningStream)?
    /// Resolves when the occupant has left the slot.
    let gone = Promise<Void>()
    /// The openers that wait until this occupant has left the slot.
    var openers: [Opener] = []

    /// Reports what the tasks are doing.
    ///
    /// - Parameter members: The registered tasks.
    /// - Returns: One report per task.
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

/// A stream of any kind; this is all that the client needs to end it.
protocol RunningStream: AnyObject, Sendable {
    var id: StreamID { get }
    var reading: TaskActivity { get }
    var writing: TaskActivity { get }
    /// Resolves when a close was requested or the connection has ended; tasks may still be leaving.
    var closeRequested: Promise<WorkspaceStreamEnd> { get }
    /// Resolves when no task, socket or timer of the stream is left, and the stream has left its slot.
    var drained: Promise<WorkspaceStreamEnd> { get }

    /// Begins the end of the stream, so that its tasks leave; never waits.
    func shutDown(_ end: WorkspaceStreamEnd, within limit: Duration?)
    /// Aborts a stream that is already ending; never waits.
    func cut()
    /// Limits the time of an end that has begun; never waits.
    func limitLife(to limit: Duration)
    /// Ends the loops over its events; queued events can still be taken.
    func finishEvents(_ error: (any Error)?)
}

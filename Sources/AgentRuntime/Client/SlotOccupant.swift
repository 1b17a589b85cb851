import ConcurrencyPrimitives

/// The occupant of a slot: first an attempt to open a stream, then the stream.
struct SlotOccupant: Sendable {
    /// An opener that waits for the slot: true means to look at the slot again, false means that its time is over.
    typealias Opener = Promise<Bool>

    /// What is in the slot; nothing of an attempt is kept after its stream was opened.
    private enum Content: Sendable {
        case attempt(Attempt)
        case stream(any RunningStream)
    }

    /// An attempt to open a stream; an object of its own, so that it takes no room after the stream was opened.
    private final class Attempt: Sendable {
        let dial: any RuntimeDial
        /// What the opener is doing while it dials.
        let activity = TaskActivity(.connecting)

        init(_ dial: any RuntimeDial) { self.dial = dial }
    }

    let id: StreamID
    private var content: Content
    /// Resolves when the occupant has left the slot; made by the first close of the client, because most streams end
    /// without one.
    private(set) var gone: Promise<Void>?
    /// The openers that wait until this occupant has left the slot.
    var openers: [Opener] = []

    init(id: StreamID, dial: any RuntimeDial) {
        self.id = id
        self.content = .attempt(Attempt(dial))
    }

    /// The dial; nil after the stream was opened.
    var dial: (any RuntimeDial)? { if case .attempt(let attempt) = self.content { attempt.dial } else { nil } }

    /// The stream; nil before it is open.
    var stream: (any RunningStream)? { if case .stream(let stream) = self.content { stream } else { nil } }

    /// The attempt has become a stream.
    mutating func opened(_ stream: any RunningStream) { self.content = .stream(stream) }

    /// The promise that resolves when the occupant has left the slot.
    mutating func promiseOfLeaving() -> Promise<Void> {
        let gone = self.gone ?? Promise()
        self.gone = gone
        return gone
    }

    /// Reports what the tasks are doing.
    ///
    /// - Parameter members: The registered tasks.
    /// - Returns: One report per task.
    func reports(of members: StreamTasks) -> [StreamTaskReport] {
        StreamTask.allCases.filter(members.contains).compactMap { task in
            switch task {
            case .dial: if case .attempt(let attempt) = self.content { attempt.activity.report(task) } else { nil }
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

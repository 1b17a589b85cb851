import ConcurrencyPrimitives

/// The occupant of a slot: first an attempt to open a stream, then the stream.
struct SlotOccupant: Sendable {
    /// An opener that waits for the slot.
    typealias Opener = Promise<Wake>

    /// Why the wait of an opener is over.
    enum Wake: Sendable {
        /// Look at the slot again.
        case lookAgain
        /// The occupant did not leave in time.
        case timeOver
        /// All streams of the client were closed, and with them the attempts to open one.
        case streamsClosed
    }

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
    private(set) var ended: Promise<Void>?
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
        let ended = self.ended ?? Promise()
        self.ended = ended
        return ended
    }

    /// Reports what the tasks are doing.
    ///
    /// - Parameter members: The registered tasks.
    /// - Returns: One report per task.
    func reports(of members: StreamTasks) -> [StreamTaskReport] {
        StreamTask.allCases.filter(members.contains).compactMap { task in
            switch task {
            case .dial:
                if case .attempt(let attempt) = self.content {
                    attempt.activity.report(task, in: self.id.slot)
                } else {
                    nil
                }
            case .reader: self.stream?.reading.report(task, in: self.id.slot)
            case .writer: self.stream?.writing.report(task, in: self.id.slot)
            case .call: nil
            }
        }
    }
}

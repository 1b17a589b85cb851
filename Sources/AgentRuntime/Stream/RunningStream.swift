import ConcurrencyPrimitives

/// A stream of any kind; this is all that the client needs to end it.
protocol RunningStream: AnyObject, Sendable {
    var id: StreamID { get }
    var reading: TaskActivity { get }
    var writing: TaskActivity { get }
    /// Resolves when a close was requested or the connection has ended; tasks may still be leaving.
    var closeRequested: Promise<StreamEnd> { get }
    /// Resolves when no task, socket or timer of the stream is left, and the stream has left its slot.
    var drained: Promise<StreamEnd> { get }

    /// Begins the end of the stream, so that its tasks leave; never waits.
    func beginEnd(_ end: StreamEnd, within limit: Duration?)
    /// Aborts a stream that is already ending; never waits.
    func abort()
    /// Limits the time of an end that has begun; never waits.
    func limitLife(to limit: Duration)
    /// Ends the loops over its events; queued events can still be taken.
    func finishEvents(_ error: (any Error)?)
}

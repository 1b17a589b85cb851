import ConcurrencyPrimitives

/// The place where the events of a stream go; its reader fills it, and waits while there is no room.
protocol StreamSink<Event>: Sendable {
    associatedtype Event: Sendable

    /// Whether the reader has more to do than to receive; then it calls ``whileReading(_:)``.
    static var accompaniesReading: Bool { get }

    /// Receives by `receive`, and does more at the same time in child tasks of the reader, so that the barrier waits
    /// for them, too.
    func whileReading(_ receive: () async -> Void) async

    /// Takes a batch; never waits.
    ///
    /// - Parameters:
    ///   - events: The batch.
    ///   - bytes: The size of its messages.
    ///   - wasFilled: Whether the batch before filled the sink; only then can this batch be dropped.
    ///   - resume: Gets a waiting consumer that runs on another thread, and must resume it soon.
    /// - Returns: What happened to the batch.
    func put(
        _ events: [Event],
        bytes: Int,
        wasFilled: Bool,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> OnPut

    /// Waits until there is room, or the stream is ending.
    func waitForRoom() async

    /// Makes the reader never wait from now on: the connection still holds only a bounded number of messages, and the
    /// consumer may never come back.
    func stopWaiting()

    /// Ends the sequence of events; no further batch comes.
    func finish(_ error: (any Error)?)
}

/// What happened to a batch.
enum OnPut {
    /// It is queued, and there is room for another one.
    case queued
    /// It is queued, and the reader must wait for room before the next one.
    case filled
    /// It was dropped, because the stream is ending and the limit for that time is reached.
    case dropped
}

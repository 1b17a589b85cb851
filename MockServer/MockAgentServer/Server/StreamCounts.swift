/// What became of the events for one workspace stream.
public struct StreamCounts: Sendable, Hashable {
    /// The place of the stream among all requests for it, from 0.
    public var attempt: Int
    /// The events after the attach sequence that were queued for the client; the end of the socket may have come before them.
    ///
    /// The steps of a scenario are not counted.
    public var sent: Int
    /// The events that were dropped, because the client did not read.
    public var dropped: Int
}

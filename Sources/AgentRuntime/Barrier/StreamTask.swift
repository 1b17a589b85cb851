/// What works for a stream, and has to leave before the stream is drained.
@nonexhaustive public enum StreamTask: String, Sendable, Hashable, CaseIterable {
    /// The attempt to connect, in the task that opens the stream.
    case dial
    /// Receives, decodes and queues events.
    case reader
    /// Sends commands, and performs the closing handshake.
    case writer
}

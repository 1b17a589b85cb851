/// A task of a stream; the stream is drained when all its tasks have left.
@nonexhaustive public enum StreamTask: String, Sendable, Hashable, CaseIterable {
    /// The attempt to connect, in the task that opens the stream.
    case dial
    /// Receives, decodes and queues events.
    case reader
    /// Sends commands, and performs the closing handshake.
    case writer
}

/// A task that works for a stream: what it is in, and since when.
public struct StreamTaskReport: Sendable, Hashable, CustomStringConvertible {
    /// What a task can be in.
    @nonexhaustive public enum Activity: String, Sendable, Hashable {
        /// Connects, or shakes hands.
        case connecting
        /// Waits for messages, or for the end of the connection.
        case receiving
        /// Turns messages into events.
        case decoding
        /// Waits for the consumer to make room.
        case waitingForRoom
        /// Waits for commands.
        case waitingForCommands
        /// Hands commands to the connection.
        case sending
        /// Performs the closing handshake.
        case closing
    }

    /// The task.
    public let task: StreamTask
    /// What it is in.
    public let activity: Activity
    /// For how long, when the report was made.
    public let elapsed: Duration

    /// Creates a report: for tests of what handles it.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - activity: What it is in.
    ///   - elapsed: For how long.
    public init(task: StreamTask, activity: Activity, elapsed: Duration = .zero) {
        (self.task, self.activity, self.elapsed) = (task, activity, elapsed)
    }

    /// The report as one line: `reader: decoding for 3.2 seconds`.
    public var description: String { "\(self.task.rawValue): \(self.activity.rawValue) for \(self.elapsed)" }
}

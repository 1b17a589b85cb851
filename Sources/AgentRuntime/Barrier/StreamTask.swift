/// A task of a stream; the stream is drained when all its tasks have left.
@nonexhaustive public enum StreamTask: String, Sendable, Hashable, CaseIterable {
    /// The attempt to connect, in the task that opens the stream.
    case dial
    /// Receives, decodes and queues events.
    case reader
    /// Sends commands, and performs the closing handshake.
    case writer
    /// A control call, or what belongs to control calls, such as a kept connection.
    case call
}

/// A set of tasks, in one byte: each stream keeps one as long as it lives, and a `Set` would be an object of its own.
struct StreamTasks: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// One bit for each task.
    private var bits: UInt8 = 0

    init(arrayLiteral tasks: StreamTask...) { for task in tasks { self.insert(task) } }

    var isEmpty: Bool { self.bits == 0 }

    func contains(_ task: StreamTask) -> Bool { self.bits & Self.bit(task) != 0 }

    mutating func insert(_ task: StreamTask) { self.bits |= Self.bit(task) }

    mutating func remove(_ task: StreamTask) { self.bits &= ~Self.bit(task) }

    private static func bit(_ task: StreamTask) -> UInt8 {
        switch task {
        case .dial: 1 << 0
        case .reader: 1 << 1
        case .writer: 1 << 2
        case .call: 1 << 3
        }
    }
}

/// Says what a task of a stream is doing, and for how long.
public struct StreamTaskReport: Sendable, Hashable, CustomStringConvertible {
    /// What a task can be doing.
    @nonexhaustive public enum Activity: String, Sendable, Hashable {
        /// Connects, or performs the opening handshake.
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
        /// Performs a control call, or keeps its connection.
        case calling
    }

    /// The stream: the name of its slot in the client, such as `workspace`.
    public let slot: String
    /// The task.
    public let task: StreamTask
    /// What the task was doing.
    public let activity: Activity
    /// How long the task had been doing it when the report was made.
    public let elapsed: Duration

    /// Creates a report, for tests of code that handles reports.
    ///
    /// - Parameters:
    ///   - slot: The name of the stream's slot.
    ///   - task: The task.
    ///   - activity: What the task is doing.
    ///   - elapsed: How long it has been doing it.
    public init(slot: String = "workspace", task: StreamTask, activity: Activity, elapsed: Duration = .zero) {
        (self.slot, self.task, self.activity, self.elapsed) = (slot, task, activity, elapsed)
    }

    /// The report as one line: `workspace reader: decoding for 3.2 seconds`.
    public var description: String {
        "\(self.slot) \(self.task.rawValue): \(self.activity.rawValue) for \(self.elapsed)"
    }
}

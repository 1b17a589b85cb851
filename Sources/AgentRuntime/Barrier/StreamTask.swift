/// A task of a stream; the stream is drained when all its tasks have left.
@nonexhaustive public enum StreamTask: String, Sendable, Hashable, CaseIterable {
    /// The attempt to connect, in the task that opens the stream.
    case dial
    /// Receives, decodes and queues events.
    case reader
    /// Sends commands, and performs the closing handshake.
    case writer
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
        }
    }
}

import ConcurrencyPrimitives

/// The default shell of the workspace: it only echoes, and keeps its last output.
final class ShellState: Sendable {
    private struct State {
        var start: (pid: Int, time: String)?
        var ring = ByteRing(limit: 16_384)
    }

    /// What a shell writes when it waits for a command.
    static func prompt(in directory: String) -> String { "\u{1B}[?2004huser@host:\(directory)# " }

    private let directory: String
    private let state: Locked<State>

    init(directory: String, isRunning: Bool) {
        self.directory = directory
        self.state = Locked(State(start: isRunning ? Self.newStart : nil))
    }

    private static var newStart: (pid: Int, time: String) { (ProcessNumbers.next(), WallClock.seconds) }

    var isRunning: Bool { self.state.withLock { $0.start != nil } }

    /// - Returns: Whether the shell was started now; false if it runs already.
    func start() -> Bool {
        let start = Self.newStart
        return self.state.withLock { state in
            guard state.start == nil else { return false }
            state.start = start
            state.ring.append(Self.prompt(in: self.directory).utf8)
            return true
        }
    }

    func append(_ text: String) { self.state.withLock { $0.ring.append(text.utf8) } }

    /// The kept output.
    var ring: String { self.state.withLock { $0.ring.text } }

    // MARK: Answers

    var status: HTTPAnswer {
        guard let start = self.state.withLock({ $0.start }) else {
            return .json(200, ["available": false, "running": false, "error": "shell not available"])
        }
        return .json(
            200,
            [
                "available": true, "running": true, "pid": .integer(Int64(start.pid)), "shell": "/bin/bash",
                "cwd": .string(self.directory), "started_at": .string(start.time),
            ]
        )
    }

    var buffer: HTTPAnswer {
        let (isRunning, ring) = self.state.withLock { ($0.start != nil, $0.ring) }
        return isRunning ? .json(200, ["data": .string(ring.text)]) : .error(503, "shell not available")
    }
}

/// The numbers of the processes that this server only pretends to have.
enum ProcessNumbers {
    private static let latest = Locked(2000)

    static func next() -> Int {
        self.latest.withLock { latest in
            latest += 1
            return latest
        }
    }
}

import NIOCore

/// The timers of a connection: at most one of each kind; all end with the connection.
struct ConnectionTimers {
    /// The purpose of a timer.
    enum Kind {
        /// Detects a silent peer.
        case keepalive
        /// Detects a peer that sends no message.
        case message
        /// Detects a write that makes no progress.
        case stall
        /// Limits the time for the consumer to answer messages from before the peer's Close frame or violation.
        case answer
        /// Limits the closing handshake, then the wait for the end of the TCP connection.
        case close
        /// Limits the rest of the connection's life.
        case life
    }

    /// Distinguishes a timer from an earlier one of its kind.
    ///
    /// The earlier one may still fire if it was replaced in the same turn of the event loop.
    typealias Number = UInt32

    // Only the running timers: an idle connection has one, and space for one.
    private var running: [(kind: Kind, number: Number, task: Scheduled<Void>)] = []
    private var lastNumber: Number = 0

    /// Starts a timer, and replaces a running timer of its kind.
    ///
    /// - Parameters:
    ///   - kind: The purpose of the timer.
    ///   - schedule: Schedules a task that calls ``fires(_:_:)`` when the time comes.
    mutating func start(_ kind: Kind, _ schedule: (Number) -> Scheduled<Void>) {
        self.lastNumber &+= 1
        self.cancel(kind)
        self.running.append((kind, self.lastNumber, schedule(self.lastNumber)))
    }

    /// The time of a timer has come.
    ///
    /// The task is not cancelled too, because the event loop would search all its tasks for it.
    ///
    /// - Returns: Whether the timer still runs; false if it was replaced or cancelled.
    mutating func fires(_ kind: Kind, _ number: Number) -> Bool {
        guard let index = self.running.firstIndex(where: { $0.kind == kind && $0.number == number }) else {
            return false
        }
        self.running.remove(at: index)
        return true
    }

    mutating func cancel(_ kind: Kind) {
        guard let index = self.running.firstIndex(where: { $0.kind == kind }) else { return }
        self.running.remove(at: index).task.cancel()
    }

    mutating func cancelAll() {
        for timer in self.running { timer.task.cancel() }
        self.running = []
    }
}

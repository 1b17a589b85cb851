import NIOCore

/// The timers of a connection: at most one of each kind, all gone when it ends.
struct ConnectionTimers {
    /// What a timer is for.
    enum Kind {
        /// Looks for silence.
        case keepalive
        /// Looks for a peer that sends no message.
        case message
        /// Looks for a write that does not move.
        case stall
        /// Bounds how long the consumer may answer what came before the peer's end.
        case answer
        /// Bounds the closing handshake, then the wait for the end of the TCP connection.
        case close
        /// Bounds the rest of the connection's life.
        case life
    }

    /// Tells a timer from an earlier one of its kind: that may still fire when it was replaced in the same turn of the
    /// event loop.
    typealias Number = UInt32

    // Only those that run: a quiet connection has one, and room for one.
    private var running: [(kind: Kind, number: Number, task: Scheduled<Void>)] = []
    private var lastNumber: Number = 0

    /// Starts a timer, in place of one of its kind that runs.
    ///
    /// - Parameters:
    ///   - kind: What it is for.
    ///   - schedule: Has ``fires(_:_:)`` asked at its time.
    mutating func start(_ kind: Kind, _ schedule: (Number) -> Scheduled<Void>) {
        self.lastNumber &+= 1
        self.cancel(kind)
        self.running.append((kind, self.lastNumber, schedule(self.lastNumber)))
    }

    /// A timer's time has come; it is not cancelled as well, for which the event loop would look through all it has.
    ///
    /// - Returns: Whether it still runs; one that was replaced or cancelled does not.
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

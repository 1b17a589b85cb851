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

    // Only those that run: a quiet connection has one, and room for one.
    private var running: [(kind: Kind, task: Scheduled<Void>)] = []

    mutating func replace(_ kind: Kind, with task: Scheduled<Void>) {
        if let index = self.index(of: kind) {
            self.running[index].task.cancel()
            self.running[index].task = task
        } else {
            self.running.append((kind, task))
        }
    }

    mutating func cancel(_ kind: Kind) {
        guard let index = self.index(of: kind) else { return }
        self.running.remove(at: index).task.cancel()
    }

    /// The timer fires: cancelling it as well would have the event loop look for it among all that it has.
    mutating func forget(_ kind: Kind) {
        guard let index = self.index(of: kind) else { return }
        self.running.remove(at: index)
    }

    mutating func cancelAll() {
        for timer in self.running { timer.task.cancel() }
        self.running = []
    }

    private func index(of kind: Kind) -> Int? { self.running.firstIndex { $0.kind == kind } }
}

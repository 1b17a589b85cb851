import NIOCore

/// The timers of a connection: at most one of each kind, all gone when it ends.
struct ConnectionTimers {
    /// What a timer is for.
    enum Kind: Int, CaseIterable {
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

    private var tasks = [Scheduled<Void>?](repeating: nil, count: Kind.allCases.count)

    mutating func replace(_ kind: Kind, with task: Scheduled<Void>) {
        self.tasks[kind.rawValue]?.cancel()
        self.tasks[kind.rawValue] = task
    }

    mutating func cancel(_ kind: Kind) {
        self.tasks[kind.rawValue]?.cancel()
        self.tasks[kind.rawValue] = nil
    }

    mutating func cancelAll() { for kind in Kind.allCases { self.cancel(kind) } }
}

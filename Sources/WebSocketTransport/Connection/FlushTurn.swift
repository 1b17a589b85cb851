/// When what is queued is flushed, and whether a write is under way.
///
/// What is sent while a read is handled, or while a task runs on the connection's executor, leaves in one write at the
/// end of that; what is sent while a flush is under way leaves with it.
struct FlushTurn {
    /// Whether a flush is under way.
    private(set) var isFlushing = false
    /// Whether there may be something to flush.
    private(set) var isWanted = false
    /// Whether what is sent waits.
    private(set) var isHeld = false
    /// Whether the system has not taken all of a write yet.
    private(set) var isWriting = false

    /// Something was sent.
    ///
    /// - Returns: Whether to flush now.
    mutating func want() -> Bool {
        self.isWanted = true
        return !self.isHeld
    }

    /// What is sent waits from now on.
    mutating func hold() { self.isHeld = true }

    /// What is sent waits no longer.
    ///
    /// - Returns: Whether to flush now.
    mutating func release() -> Bool {
        self.isHeld = false
        return self.isWanted
    }

    /// A flush is to begin.
    ///
    /// - Returns: False when one is under way, which then goes on.
    mutating func begin() -> Bool {
        guard !self.isFlushing else {
            self.isWanted = true
            return false
        }
        self.isWanted = false
        self.isFlushing = true
        return true
    }

    /// The flush has written all it could.
    ///
    /// - Returns: Whether something was sent meanwhile.
    mutating func takeWanted() -> Bool {
        defer { self.isWanted = false }
        return self.isWanted
    }

    /// The flush has ended.
    mutating func end() { self.isFlushing = false }

    /// A write begins.
    mutating func writeBegan() { self.isWriting = true }

    /// The system has taken all of it, or failed.
    mutating func writeEnded() { self.isWriting = false }
}

/// Decides when queued frames are flushed, and knows whether a write is running.
///
/// While a read is processed, or a task runs on the connection's executor, flushes are *held*: all frames leave in one
/// write at the end. Frames that are queued during a flush leave with that flush.
struct FlushTurn {
    /// Whether a flush is running.
    private(set) var isFlushing = false
    /// Whether there may be queued frames to flush.
    private(set) var isWanted = false
    /// Whether flushes are held.
    private(set) var isHeld = false
    /// Whether there is a write that the system has not taken completely.
    private(set) var isWriting = false

    /// A frame was queued.
    ///
    /// - Returns: Whether to flush now.
    mutating func want() -> Bool {
        self.isWanted = true
        return !self.isHeld
    }

    /// Holds flushes from now on.
    mutating func hold() { self.isHeld = true }

    /// Ends the hold.
    ///
    /// - Returns: Whether to flush now.
    mutating func release() -> Bool {
        self.isHeld = false
        return self.isWanted
    }

    /// Begins a flush.
    ///
    /// - Returns: False if a flush is already running; it then continues.
    mutating func begin() -> Bool {
        guard !self.isFlushing else {
            self.isWanted = true
            return false
        }
        self.isWanted = false
        self.isFlushing = true
        return true
    }

    /// The flush has made one write.
    ///
    /// - Returns: Whether another write must follow.
    mutating func takeWanted() -> Bool {
        defer { self.isWanted = false }
        return self.isWanted
    }

    /// The flush has ended.
    mutating func end() { self.isFlushing = false }

    /// A write begins.
    mutating func writeBegan() { self.isWriting = true }

    /// The system has taken all of the write, or the write failed.
    mutating func writeEnded() { self.isWriting = false }
}

#if RED_CONTROLS
internal import RedControls
#endif

/// Decides whether to read from the socket, and whether to queue received messages.
///
/// ```
///          passedHighMark
///  flowing ─────────────► paused ─────┐ readOn
///     ▲ └──── roomMade ─────┘         ▼
///     └─────────── readOn ───────► draining
/// ```
///
/// - `flowing`: all that comes is queued; becomes `paused` or `draining`.
/// - `paused`: the consumer is behind, and a read that is asked for waits; becomes `flowing` or `draining`.
/// - `draining`: the connection is on its way to its end and is read in any case. Messages that find the queue full are
///   dropped, and all behind them: there would be a hole in a message, or between two.
@usableFromInline
package struct Backpressure: Sendable, Hashable {
    @usableFromInline
    enum State: Sendable, Hashable {
        case flowing
        case paused(holdsRead: Bool)
        case draining(drops: Bool)
    }

    /// What becomes of messages that came.
    @usableFromInline
    package enum OnMessages: Sendable, Hashable {
        /// Queue them.
        case queue
        /// Drop them, and count them.
        case drop
        /// End the connection at once: they are more than the queue may hold.
        case tooMuch
    }

    /// Reading continues.
    package struct Resumption: Sendable, Hashable {
        /// Whether a read was requested during the pause; then read now.
        package var readsNow: Bool
    }

    @usableFromInline var state = State.flowing

    /// Creates the state `flowing`, with an empty queue.
    package init() {}

    /// Whether the consumer is behind.
    @inlinable package var isPaused: Bool {
        if case .paused = self.state { true } else { false }
    }

    /// Messages were received.
    ///
    /// - Parameters:
    ///   - isFull: Whether the queue is over its high mark; used only in `draining`.
    ///   - isTooMuch: Whether the queue can't hold them; used only in `paused`. They can come then because SwiftNIO,
    ///     when the peer ends TCP, reads all bytes that the system still has: some MiB, thousands of MiB when
    ///     decompressed.
    /// - Returns: What to do with them.
    @inlinable
    package mutating func received(
        isFull: @autoclosure () -> Bool,
        isTooMuch: @autoclosure () -> Bool
    ) -> OnMessages {
        switch self.state {
        case .flowing: return .queue
        case .paused: return isTooMuch() ? .tooMuch : .queue
        case .draining(let drops):
            guard drops || isFull() else { return .queue }
            self.startDropping()
            return .drop
        }
    }

    @usableFromInline
    mutating func startDropping() {
        #if RED_CONTROLS
        if RedControl.isActive(.holeInTheMessages) { return }
        #endif
        self.state = .draining(drops: true)
    }

    /// The queue is over its high mark.
    ///
    /// - Returns: Whether reading stops now.
    package mutating func passedHighMark() -> Bool {
        guard case .flowing = self.state else { return false }
        #if RED_CONTROLS
        if RedControl.isActive(.readingNeverPauses) { return false }
        #endif
        self.state = .paused(holdsRead: false)
        return true
    }

    /// A read was requested.
    ///
    /// - Returns: Whether to read now; else the read waits until reading continues.
    @inlinable
    package mutating func mayRead() -> Bool {
        guard case .paused = self.state else { return true }
        self.holdRead()
        return false
    }

    @usableFromInline
    mutating func holdRead() { self.state = .paused(holdsRead: true) }

    /// The consumer has made room.
    ///
    /// - Returns: What to do if reading was paused.
    package mutating func roomMade() -> Resumption? {
        guard case .paused(let holdsRead) = self.state else { return nil }
        self.state = .flowing
        return Resumption(readsNow: holdsRead)
    }

    /// The connection is ending, so reading must not stop from now on.
    ///
    /// - Returns: What to do if reading was paused.
    package mutating func readOn() -> Resumption? {
        switch self.state {
        case .flowing:
            self.state = .draining(drops: false)
            return nil
        case .paused(let holdsRead):
            self.state = .draining(drops: false)
            return Resumption(readsNow: holdsRead)
        case .draining: return nil
        }
    }
}

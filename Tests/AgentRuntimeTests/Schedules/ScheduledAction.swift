import TestSupport

/// What one of the users, the server or the network does in a schedule.
enum ScheduledAction: String, CaseIterable {
    // The users, each in a task of its own.
    case open, close, abort, closeClient, cancelOpener, sendCommand, ping, consume, consumeSlowly, closeInTheLoop
    case cancelConsumer
    // The server and the network.
    case deliver, serverCloses, losesConnection, failsSends

    /// What a program is drawn from.
    ///
    /// Each program leaves out about half of the actions, so that those it has come together more often: with all of
    /// them in each program, what two of them do to each other is rarely seen.
    ///
    /// - Parameter executor: Its seed decides.
    /// - Returns: At least one action.
    static func some(_ executor: SeededExecutor) -> [Self] {
        let some = Self.allCases.filter { _ in executor.draw(below: 2) == 0 }
        return some.isEmpty ? [.open, .close] : some
    }
}

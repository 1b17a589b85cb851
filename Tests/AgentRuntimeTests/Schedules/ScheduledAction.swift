import TestSupport

/// An action of a user, the server or the network in a schedule.
enum ScheduledAction: String, CaseIterable {
    // The users, each in a separate task.
    case open, close, abort, closeClient, cancelOpener, sendCommand, ping, consume, consumeSlowly, closeInTheLoop
    case cancelConsumer
    // The server and the network.
    case deliver, serverCloses, losesConnection, failsSends

    /// Chooses the actions of one program.
    ///
    /// Each program leaves out about half of the actions, so that the others meet more often. With all actions in each
    /// program, the test would rarely see how two of them affect each other.
    ///
    /// - Parameter executor: Its seed decides.
    /// - Returns: At least one action.
    static func some(_ executor: SeededExecutor) -> [Self] {
        let some = Self.allCases.filter { _ in executor.draw(below: 2) == 0 }
        return some.isEmpty ? [.open, .close] : some
    }
}

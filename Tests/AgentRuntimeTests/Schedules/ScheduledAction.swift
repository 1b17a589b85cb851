/// What one of the users, the server or the network does in a schedule.
enum ScheduledAction: String, CaseIterable {
    // The users, each in a task of its own.
    case open, close, abort, closeClient, cancelOpener, sendCommand, consume, consumeSlowly, closeInTheLoop
    case cancelConsumer
    // The server and the network.
    case deliver, serverCloses, losesConnection, failsSends

    /// Actions that make most of the trouble come more often.
    static let drawn: [Self] = allCases + [.open, .open, .close, .abort, .closeClient, .deliver]
}

import WebSocketProtocol
import WebSocketTransport

/// The requests and commands that a mock server has received, and its connections.
final class ServerLedger: Sendable {
    struct State: Sendable {
        var upgradeCount = 0
        var upgrades: [UpgradeSeen] = []
        var commandCount = 0
        var commands: [ReceivedCommand] = []
        /// How many times the delayed handshakes were released.
        var releases = 0
        /// Streams whose attach sequence is queued, by attempt.
        var streams: [Int: StreamConnection] = [:]
        /// All accepted connections, including those of the bench endpoints.
        var connections: [ObjectIdentifier: WebSocketConnection] = [:]
    }

    let watched = Watched(State())
    private let maximumHistory: Int

    init(maximumHistory: Int) { self.maximumHistory = maximumHistory }

    var state: State { self.watched.value }

    /// Records a request for the stream.
    ///
    /// - Returns: Its number, and how many times handshakes were released before it.
    func sawUpgrade(_ fields: HTTPFields) -> (attempt: Int, releases: Int) {
        self.watched.update { state in
            let attempt = state.upgradeCount
            state.upgradeCount += 1
            Self.append(UpgradeSeen(attempt: attempt, fields: fields), to: &state.upgrades, limit: self.maximumHistory)
            return (attempt, state.releases)
        }
    }

    func received(_ command: ReceivedCommand) {
        self.watched.update { state in
            state.commandCount += 1
            Self.append(command, to: &state.commands, limit: self.maximumHistory)
        }
    }

    func opened(_ connection: WebSocketConnection) {
        self.watched.update { $0.connections[ObjectIdentifier(connection)] = connection }
    }

    func attached(_ stream: StreamConnection) {
        self.watched.update { $0.streams[stream.attempt] = stream }
    }

    func closed(_ connection: WebSocketConnection, attempt: Int? = nil) {
        self.watched.update { state in
            state.connections[ObjectIdentifier(connection)] = nil
            if let attempt { state.streams[attempt] = nil }
        }
    }

    /// Waits until handshakes are released again.
    func waitForRelease(after releases: Int) async throws {
        try await self.watched.wait { $0.releases > releases }
    }

    private static func append<Element>(_ element: Element, to history: inout [Element], limit: Int) {
        history.append(element)
        // Drops many at once, so that the cost per element is constant.
        guard history.count > limit + limit / 2 else { return }
        history.removeFirst(history.count - limit)
    }
}

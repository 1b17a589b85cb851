import WebSocketProtocol

/// The requests and commands that a mock server has received, and its sockets.
final class ServerLedger: Sendable {
    struct State: Sendable {
        var upgradeCount = 0
        var upgrades: [UpgradeSeen] = []
        var requestCount = 0
        var requests: [RequestSeen] = []
        var commandCount = 0
        var commands: [ReceivedCommand] = []
        /// How many times the delayed handshakes were released.
        var releases = 0
        /// Whether the instance was deleted.
        var hasInstanceEnded = false
        /// Streams whose attach sequence is queued, by attempt.
        var streams: [Int: StreamConnection] = [:]
        /// What was sent on the streams that have ended, and what was dropped.
        var endedStreams: [StreamCounts] = []
        /// All open WebSockets of every kind.
        var sockets: [ObjectIdentifier: MockSocket] = [:]
    }

    let watched = Watched(State())
    private let maximumHistory: Int

    init(maximumHistory: Int) { self.maximumHistory = maximumHistory }

    var state: State { self.watched.value }

    /// Records a request for the stream.
    ///
    /// - Returns: Its place among them.
    func sawUpgrade(_ fields: HTTPFields) -> MockRequest.Attempt {
        self.watched.update { state in
            let attempt = state.upgradeCount
            state.upgradeCount += 1
            Self.append(UpgradeSeen(attempt: attempt, fields: fields), to: &state.upgrades, limit: self.maximumHistory)
            return MockRequest.Attempt(number: attempt, releases: state.releases)
        }
    }

    /// Records a request of any kind.
    func saw(_ request: MockRequest) {
        let seen = RequestSeen(
            method: request.head.method,
            target: request.head.target,
            fields: request.head.fields,
            body: request.body
        )
        self.watched.update { state in
            state.requestCount += 1
            Self.append(seen, to: &state.requests, limit: self.maximumHistory)
        }
    }

    func received(_ command: ReceivedCommand) {
        self.watched.update { state in
            state.commandCount += 1
            Self.append(command, to: &state.commands, limit: self.maximumHistory)
        }
    }

    func opened(_ socket: MockSocket) {
        self.watched.update { $0.sockets[ObjectIdentifier(socket)] = socket }
    }

    func attached(_ stream: StreamConnection) {
        self.watched.update { $0.streams[stream.attempt] = stream }
    }

    func closed(_ socket: MockSocket, attempt: Int? = nil) {
        self.watched.update { state in
            state.sockets[ObjectIdentifier(socket)] = nil
            guard let attempt, let stream = state.streams.removeValue(forKey: attempt) else { return }
            Self.append(stream.counts, to: &state.endedStreams, limit: self.maximumHistory)
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

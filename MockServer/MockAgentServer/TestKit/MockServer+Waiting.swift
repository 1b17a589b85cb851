public import WorkspaceProtocol

// Every wait of a test has the same form: what is expected, a limit in real time, and an error that says what came
// instead. Counts and histories begin with the server; a server after a restart begins again.
extension MockServer {
    /// Waits until this number of requests of every kind has come.
    ///
    /// - Parameters:
    ///   - count: The number since the start.
    ///   - limit: The limit, in real time, whatever the clock of the configuration.
    /// - Throws: ``MockServerError`` with `timedOut`, which says what came, or `stopped`; `CancellationError`.
    public func waitForRequests(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.ledger.watched.wait(within: limit, "\(count) requests") { state in
            Heard.list(state.requests.map(\.line), of: state.requestCount)
        } until: {
            $0.requestCount >= count
        }
    }

    /// Waits until this number of requests for the workspace stream has come; unanswered requests count, too.
    ///
    /// - Parameters:
    ///   - count: The number since the start.
    ///   - limit: The limit, in real time.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func waitForUpgrades(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.ledger.watched.wait(within: limit, "\(count) requests for the stream") { state in
            "There were \(state.upgradeCount). " + Heard.list(state.requests.map(\.line), of: state.requestCount)
        } until: {
            $0.upgradeCount >= count
        }
    }

    /// Waits until this number of commands has come.
    ///
    /// - Parameters:
    ///   - count: The number since the start, on all connections together.
    ///   - limit: The limit, in real time.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func waitForCommands(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.ledger.watched.wait(within: limit, "\(count) commands") { state in
            Heard.list(state.commands.map { Heard.words($0.event.content) }, of: state.commandCount)
        } until: {
            $0.commandCount >= count
        }
    }

    /// Waits until exactly this number of streams is attached; for 0 it also returns before the first one.
    ///
    /// - Parameters:
    ///   - count: The number of streams.
    ///   - limit: The limit, in real time.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func waitForConnections(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.ledger.watched.wait(within: limit, "\(count) attached streams") { state in
            "Attached are \(state.streams.count), after \(state.upgradeCount) requests for the stream."
        } until: {
            $0.streams.count == count
        }
    }

    /// Waits until exactly this number of TCP connections is open; for 0 it also returns before the first one.
    ///
    /// - Parameters:
    ///   - count: The number of connections.
    ///   - limit: The limit, in real time.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func waitForSockets(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.listener.waitForSockets(count, within: limit)
    }

    /// Waits until this number of requests has come on the agent stream.
    ///
    /// - Parameters:
    ///   - count: The number since the start, on all connections together.
    ///   - limit: The limit, in real time.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func waitForAgentRequests(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.instance.agentStream.requests.wait(within: limit, "\(count) requests to the agent") { log in
            Heard.list(log.latest.map(Heard.action), of: log.count)
        } until: {
            $0.count >= count
        }
    }

    // MARK: What came

    /// Waits until these commands have come, in this order; others may come between them.
    ///
    /// ```swift
    /// try await server.expect(commands: [.shellInput("ls\n"), .shellResize(columns: 80, rows: 24)])
    /// ```
    ///
    /// - Parameters:
    ///   - expected: The commands since the start.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func expect(
        commands expected: [WorkspaceEvent.Content],
        within limit: Duration = .seconds(10)
    ) async throws {
        let words = Heard.inOrder("commands", expected.map(Heard.words))
        try await self.ledger.watched.wait(within: limit, words) { state in
            let found = Heard.found(expected, in: state.commands) { $0 == $1.event.content }
            return Heard.missing(expected.dropFirst(found).first.map(Heard.words))
                + Heard.list(state.commands.map { Heard.words($0.event.content) }, of: state.commandCount)
        } until: { state in
            Heard.found(expected, in: state.commands) { $0 == $1.event.content } == expected.count
        }
    }

    /// Waits until these requests over HTTP have come, in this order; others may come between them.
    ///
    /// - Parameters:
    ///   - expected: Method and path since the start, such as `POST /api/v1/start`; the query counts only if it is
    ///     named.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func expect(requests expected: [String], within limit: Duration = .seconds(10)) async throws {
        try await self.ledger.watched.wait(within: limit, Heard.inOrder("requests", expected)) { state in
            let found = Heard.found(expected, in: state.requests) { $1.isNamed($0) }
            return Heard.missing(expected.dropFirst(found).first)
                + Heard.list(state.requests.map(\.line), of: state.requestCount)
        } until: { state in
            Heard.found(expected, in: state.requests) { $1.isNamed($0) } == expected.count
        }
    }

    /// Waits until these requests have come on the agent stream, in this order; others may come between them.
    ///
    /// - Parameters:
    ///   - expected: The actions since the start, such as `agent.prompt`.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``waitForRequests(_:within:)``.
    public func expect(agentRequests expected: [String], within limit: Duration = .seconds(10)) async throws {
        let words = Heard.inOrder("requests to the agent", expected)
        try await self.instance.agentStream.requests.wait(within: limit, words) { log in
            let found = Heard.found(expected, in: log.latest) { $0 == $1["action"]?.text }
            return Heard.missing(expected.dropFirst(found).first)
                + Heard.list(log.latest.map(Heard.action), of: log.count)
        } until: { log in
            Heard.found(expected, in: log.latest) { $0 == $1["action"]?.text } == expected.count
        }
    }
}

/// What came, in the words of an error.
private enum Heard {
    /// The number of expected elements that were seen, in their order.
    static func found<Expected, Seen>(
        _ expected: [Expected],
        in seen: [Seen],
        _ isMet: (Expected, Seen) -> Bool
    ) -> Int {
        seen.reduce(0) { found, next in found < expected.count && isMet(expected[found], next) ? found + 1 : found }
    }

    static func inOrder(_ kind: String, _ expected: [String]) -> String {
        "the \(kind) \(expected.joined(separator: ", ")), in this order,"
    }

    static func missing(_ first: String?) -> String { first.map { "Missing is first: \($0). " } ?? "" }

    /// The latest of what came.
    static func list(_ seen: [String], of count: Int) -> String {
        guard let last = seen.last else { return "Nothing came." }
        guard count > 1 else { return "1 came: \(last)." }
        let shown = seen.suffix(10)
        let latest = shown.count < count ? ", the latest" : ""
        return "\(count) came\(latest): \(shown.joined(separator: ", "))."
    }

    static func words(_ content: WorkspaceEvent.Content) -> String {
        let text =
            switch content {
            case .shellInput(let input): "shell_input \(input.debugDescription)"
            case .shellResize(let columns, let rows): "shell_resize \(columns) x \(rows)"
            default: content.type.rawValue
            }
        return text.count <= 60 ? text : "\(text.prefix(60))…"
    }

    static func action(_ request: MockJSON) -> String { request["action"]?.text ?? "no action" }
}

extension RequestSeen {
    fileprivate var line: String { "\(self.method) \(self.target)" }

    /// Whether a method and a path mean this request.
    fileprivate func isNamed(_ name: String) -> Bool {
        self.line == name || self.line.hasPrefix("\(name)?")
    }
}

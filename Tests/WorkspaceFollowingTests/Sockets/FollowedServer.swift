import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

extension FollowerConfiguration {
    /// A configuration for tests: it waits for milliseconds, and audits only on request.
    static var quick: Self {
        var configuration = Self()
        configuration.reconnect.firstRetry = .milliseconds(4)
        configuration.reconnect.shortestWait = .milliseconds(1)
        configuration.reconnect.base = .milliseconds(8)
        configuration.reconnect.longestWait = .milliseconds(30)
        configuration.reconnect.longestRetryAfter = .milliseconds(10)
        configuration.reconnect.resetAfter = .milliseconds(50)
        configuration.recovery.statusWait = .milliseconds(100)
        configuration.recovery.auditInterval = nil
        configuration.recovery.shortestAuditInterval = .milliseconds(1)
        configuration.runtime.closeTimeout = .seconds(2)
        configuration.dialLimiter = DialLimiter(maximumDials: 32, perSecond: 2000)
        return configuration
    }
}

extension MockServerConfiguration {
    /// A server with a shell, and one repository whose head is `c0`.
    static var followed: Self {
        var configuration = Self()
        configuration.hasShell = true
        configuration.timeAfterClose = .milliseconds(50)
        configuration.stopTimeout = .milliseconds(100)
        return configuration
    }

    /// The same without a shell: a shell of which nothing was heard, and which is as young as the connection, may have
    /// replaced another one, which is a gap.
    static var shellless: Self {
        var configuration = Self.followed
        configuration.hasShell = false
        return configuration
    }
}

extension MockServer {
    var endpoint: RuntimeEndpoint { get throws { try RuntimeEndpoint(self.url) } }

    /// Ends the sockets, and lets the client come back only after `body`; its handshake waits meanwhile.
    ///
    /// - Parameters:
    ///   - scenario: What the server does from then on.
    ///   - body: What happens while no client listens.
    func outage(then scenario: Scenario = .idle, _ body: () async throws -> Void) async throws {
        try self.setScenario(Scenario([.holdUpgrade(nil)]))
        self.abortAll()
        try await self.waitForConnections(0)
        try await body()
        try self.setScenario(scenario)
        self.releaseUpgrades()
    }

    /// The requests other than those for the stream.
    var questions: [String] {
        self.requests.map { "\($0.method) \($0.target)" }.filter { !$0.contains("/workspace/stream") }
    }
}

/// Runs `body` with a server and a follower of it; afterwards nothing of the follower is left.
///
/// - Parameters:
///   - server: The configuration of the server.
///   - configuration: The configuration of the follower.
///   - prepare: Called before the follower starts.
///   - body: Uses both; the elements are in the log.
func withFollowed(
    _ server: MockServerConfiguration = .followed,
    _ configuration: FollowerConfiguration = .quick,
    prepare: (MockServer) -> Void = { _ in },
    _ body: @escaping (MockServer, WorkspaceFollower, ElementLog) async throws -> Void
) async throws {
    try await withMockServer(server) { server in
        server.broadcast(Sent.status(head: "c0"))
        prepare(server)
        let source = StaticEndpointSource(try server.endpoint)
        try await withFollower(of: source, configuration) { follower, log in
            try await log.wait(for: "status c0")
            try await body(server, follower, log)
        }
        try await withTimeout("no socket is left") { try await server.waitForSockets(0) }
    }
}

/// Runs `body` with a follower whose elements are logged, and closes it.
func withFollower(
    of source: any EndpointSource,
    _ configuration: FollowerConfiguration = .quick,
    from position: FollowerPosition? = nil,
    _ body: @escaping (WorkspaceFollower, ElementLog) async throws -> Void
) async throws {
    let log = ElementLog()
    let follower = try WorkspaceFollower(of: source, configuration: configuration, from: position)
    let consumer = Task { try await log.take(follower) }
    follower.start()
    let outcome = try await Result.catching { try await body(follower, log) }
    #expect(await follower.close() == [])
    try await withTimeout("the elements end") { try await consumer.value }
    #expect(follower.work == [])
    try outcome.get()
    #expect(log.states.last?.name == "gone")
}

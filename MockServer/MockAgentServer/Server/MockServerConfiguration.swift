public import WebSocketProtocol
public import WebSocketTransport

/// What a mock server pretends to be, and what it does to its clients.
public struct MockServerConfiguration: Sendable {
    /// The address to listen on.
    ///
    /// Default: `127.0.0.1`, this machine only.
    public var host = "127.0.0.1"
    /// The port to listen on.
    ///
    /// Default: 0, any free one; see ``MockServer/port``.
    public var port = 0
    /// How connections are secured.
    ///
    /// Default: nil, they are not.
    public var tls: WebSocketServerTLSConfiguration?
    /// The token that clients must bring.
    ///
    /// Default: nil; nil and empty turn the check off, as in agentctl.
    public var token: String?
    /// The id that clients may name in `X-Instance-ID`; another one is refused.
    ///
    /// Default: nil, no check.
    public var instanceID: String?
    /// Who the server is as the runtime of a workspace: echoed by `/health`.
    ///
    /// Default: nil, it was not started as one.
    public var runtimeIdentity: MockRuntimeIdentity?
    /// The repositories whose `git_status` follows `connected`.
    ///
    /// Default: one without a name.
    public var repositories = [MockRepository(name: nil)]
    /// Whether there is a shell, which echoes what is typed; without one, input is lost silently.
    ///
    /// Default: true.
    public var hasShell = true
    /// What happens on each connection after the attach sequence.
    ///
    /// Default: ``Scenario/idle``.
    public var scenario = Scenario.idle
    /// How messages are cut into frames.
    ///
    /// Default: ``FrameStyle/plain``.
    public var frameStyle = FrameStyle.plain
    /// How the connections behave.
    ///
    /// Default: as agentctl's: no Pings of its own and an hour for a client that does not read. agentctl has no bounds
    /// at all.
    public var connection: ConnectionConfiguration = {
        var connection = ConnectionConfiguration()
        connection.keepalive = nil
        connection.sendQueue.timeout = .seconds(3600)
        return connection
    }()
    /// How messages are compressed, if a client offers it (RFC 7692).
    ///
    /// Default: nil, not at all, as agentctl.
    public var compression: PermessageDeflate?
    /// Time that ``MockServer/stop()`` gives clients to answer the Close frame before their sockets are cut.
    ///
    /// Default: 1 s.
    public var stopTimeout: Duration = .seconds(1)
    /// How many upgrades and commands are kept for ``MockServer/upgrades`` and ``MockServer/commands``, each; the
    /// oldest are dropped first, half as many again may be kept.
    ///
    /// Default: 10,000.
    public var historyLimit = 10_000
    /// What waits and rates of scenarios are measured by.
    ///
    /// Default: the continuous clock.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// Creates the default configuration; change single properties from there.
    public init() {}

    /// Checks what can be checked without listening; ``MockServer/start(_:)`` does it, too.
    ///
    /// - Throws: ``MockServerError`` with `invalidConfiguration` or `invalidScenario`.
    public func validate() throws(MockServerError) {
        guard (0...65_535).contains(self.port) else {
            throw MockServerError(.invalidConfiguration, "port is 0 to 65535, got \(self.port).")
        }
        guard self.stopTimeout >= .zero, self.historyLimit >= 0 else {
            throw MockServerError(.invalidConfiguration, "stopTimeout and historyLimit must not be negative.")
        }
        try self.scenario.validate()
    }
}

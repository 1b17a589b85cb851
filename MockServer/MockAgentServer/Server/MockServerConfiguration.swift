public import WebSocketProtocol
public import WebSocketTransport

/// The configuration of a mock server, and the faults for its clients.
public struct MockServerConfiguration: Sendable {
    /// The address to listen on.
    ///
    /// Default: `127.0.0.1`, this machine only.
    public var host = "127.0.0.1"
    /// The port to listen on.
    ///
    /// Default: 0, which means any free port; see ``MockServer/port``.
    public var port = 0
    /// The TLS configuration.
    ///
    /// Default: nil, no TLS.
    public var tls: WebSocketServerTLSConfiguration?
    /// The token that clients must send.
    ///
    /// Default: nil; nil and empty turn the check off, as in agentctl.
    public var token: String?
    /// The instance id; a client that names another one in `X-Instance-ID` is refused.
    ///
    /// Default: nil, no check.
    public var instanceID: String?
    /// The identity as the runtime of a workspace; `/health` repeats it.
    ///
    /// Default: nil, the server is not the runtime of a workspace.
    public var runtimeIdentity: MockRuntimeIdentity?
    /// The repositories whose `git_status` follows `connected`.
    ///
    /// Default: one repository without a name.
    public var repositories = [MockRepository(name: nil)]
    /// Whether there is a shell, which echoes its input; without a shell, input is lost without an error.
    ///
    /// Default: true.
    public var hasShell = true
    /// The steps on each connection after the attach sequence.
    ///
    /// Default: ``Scenario/idle``.
    public var scenario = Scenario.idle
    /// How messages are split into frames.
    ///
    /// Default: ``FrameStyle/plain``.
    public var frameStyle = FrameStyle.plain
    /// How messages are compressed, if a client offers it (RFC 7692); nil never compresses, like agentctl.
    ///
    /// Messages of scenarios are never compressed, because their frames are made in advance. Messages of clients and
    /// the answers of `/bench/echo` may be compressed.
    ///
    /// Default: on.
    public var compression: PermessageDeflate? = PermessageDeflate()
    /// The configuration of connections.
    ///
    /// Default: like agentctl, no Pings, and an hour for a client that does not read. agentctl itself has no limit.
    public var connection: ConnectionConfiguration = {
        var connection = ConnectionConfiguration()
        connection.keepalive = nil
        connection.sendQueue.timeout = .seconds(3600)
        return connection
    }()
    /// How long ``MockServer/stop()`` waits for clients to answer the Close frame; then it ends their sockets.
    ///
    /// Default: 1 s.
    public var stopTimeout: Duration = .seconds(1)
    /// The number of entries that ``MockServer/upgrades`` and ``MockServer/commands`` keep, each.
    ///
    /// The oldest entries are dropped first. Sometimes half as many more are kept.
    ///
    /// Default: 10,000.
    public var maximumHistory = 10_000
    /// The clock for waits and rates of scenarios.
    ///
    /// Default: the continuous clock.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// Creates the default configuration; you can change single properties.
    public init() {}

    /// Checks the values without listening; ``MockServer/start(_:)`` does this, too.
    ///
    /// - Throws: ``MockServerError`` with `invalidConfiguration` or `invalidScenario`.
    public func validate() throws(MockServerError) {
        guard (0...65_535).contains(self.port) else {
            throw MockServerError(.invalidConfiguration, "port is 0 to 65535, got \(self.port).")
        }
        guard self.stopTimeout >= .zero, self.maximumHistory >= 0 else {
            throw MockServerError(.invalidConfiguration, "stopTimeout and maximumHistory must not be negative.")
        }
        try self.scenario.validate()
    }
}

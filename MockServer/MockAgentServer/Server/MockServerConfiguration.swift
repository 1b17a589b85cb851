public import WebSocketProtocol
public import WebSocketTransport

/// The configuration of a mock server.
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
    /// The instance id; a client that names another one in `X-Instance-ID` is refused, also at `/health`.
    ///
    /// Default: nil, no check.
    public var instanceID: String?
    /// The identity as the runtime of a workspace; `/health` repeats it.
    ///
    /// Default: nil, the server is not the runtime of a workspace.
    public var runtimeIdentity: MockRuntimeIdentity?
    /// The directory of the workspace, as `/api/v1/info` and prompts show it; it need not exist.
    ///
    /// Default: `/srv/ws`.
    public var workspacePath = "/srv/ws"
    /// The command line of the agent; without one, the agent can't be started.
    ///
    /// A client can set another one.
    ///
    /// Default: `fake-agent`.
    public var agentCommand = "fake-agent"
    /// The manager's id of its task, which some events of the agent carry.
    ///
    /// Default: `t`.
    public var taskID = "t"
    /// The manager's id of its session, which permission requests carry.
    ///
    /// Default: `s`.
    public var sessionID = "s"
    /// The repositories whose `git_status` follows `connected`.
    ///
    /// Default: one repository without a name.
    public var repositories = [MockRepository(name: nil)]
    /// Whether the shell runs from the start; otherwise a client can start it, for the streams that attach later.
    ///
    /// The shell echoes its input. Without a shell, input is lost without an error.
    ///
    /// Default: false, as in agentctl.
    public var hasShell = false
    /// Whether a new terminal shows a prompt at once; otherwise it has no output until something is written to it.
    ///
    /// A real shell takes some milliseconds until it shows its prompt.
    ///
    /// Default: true.
    public var hasTerminalPrompt = true
    /// What the server does on its streams, and its faults; see also ``MockServer/setScenario(_:)``.
    ///
    /// Default: ``Scenario/idle``.
    public var scenario = Scenario.idle
    /// How messages are split into frames.
    ///
    /// Default: ``FrameStyle/plain``.
    public var frameStyle = FrameStyle.plain
    /// How messages are compressed, if a client offers it (RFC 7692).
    ///
    /// Messages of scenarios are never compressed. The answers of the bench endpoints may be.
    ///
    /// Default: nil, never, as in agentctl.
    public var compression: PermessageDeflate?
    /// The channels of each workspace stream, in which events wait for a client that does not read.
    ///
    /// It bounds the events of ``MockServer/broadcast(_:)``, of requests and of the attach sequence. The steps of a
    /// scenario wait for the client.
    ///
    /// Default: nil: an event is dropped if 4 MiB wait, whatever their number.
    public var channelSlots: ChannelSlots?
    /// The time from the answer to the handshake of a workspace stream to its attach.
    ///
    /// What happens before the attach is never sent on the stream.
    ///
    /// Default: zero.
    public var attachDelay = Duration.zero
    /// The size of the ring of each process whose start names none, in bytes.
    ///
    /// Default: 2 MiB, as in agentctl.
    public var processOutputBytes = 2 * 1024 * 1024
    /// The limits for messages from clients.
    ///
    /// Default: the usual limits, 64 MiB.
    public var limits = MessageLimits()
    /// How long a TCP connection stays open after the closing handshake of its stream, if no event is sent.
    ///
    /// agentctl keeps it without a limit until the next event. A client must end it itself.
    ///
    /// Default: 5 s.
    public var timeAfterClose: Duration = .seconds(5)
    /// How long a client may take to answer a Close frame of the server.
    ///
    /// Default: 5 s.
    public var closeTimeout: Duration = .seconds(5)
    /// How long ``MockServer/stop()`` waits for clients to answer the Close frame; then it ends their sockets.
    ///
    /// Default: 1 s.
    public var stopTimeout: Duration = .seconds(1)
    /// The number of entries that ``MockServer/requests``, ``MockServer/upgrades`` and ``MockServer/commands`` keep, each.
    ///
    /// The oldest entries are dropped first. Sometimes half as many more are kept.
    ///
    /// Default: 10,000.
    public var maximumHistory = 10_000
    /// The clock for waits and rates of scenarios; see ``ManualMockClock``.
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
        guard self.processOutputBytes > 0, self.channelSlots.map({ $0.tracker > 0 && $0.shell > 0 }) ?? true else {
            throw MockServerError(.invalidConfiguration, "processOutputBytes and channelSlots must be positive.")
        }
        let times = [self.stopTimeout, self.closeTimeout, self.timeAfterClose, self.attachDelay]
        guard times.allSatisfy({ $0 >= .zero }), self.maximumHistory >= 0 else {
            throw MockServerError(.invalidConfiguration, "Times and maximumHistory must not be negative.")
        }
        do {
            try self.compression?.validate()
        } catch {
            throw MockServerError(.invalidConfiguration, error.message, cause: error)
        }
        try self.scenario.validate()
    }
}

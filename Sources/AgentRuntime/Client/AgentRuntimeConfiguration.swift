public import Logging
public import NIOCore
public import WebSocketProtocol
public import WebSocketTransport

/// How a client reaches a runtime, and how its streams behave.
public struct AgentRuntimeConfiguration: Sendable {
    /// Time for name resolution, connection and handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// Time a close may take before the connection is cut.
    ///
    /// Default: 5 s. It also stands for `connection.closing.timeout`.
    public var closeTimeout: Duration = .seconds(5)
    /// Time a ``WorkspaceStream/ping()`` may take, the way through the queues included.
    ///
    /// Default: 10 s.
    public var pingTimeout: Duration = .seconds(10)
    /// Time a command waits until the system has taken it.
    ///
    /// Default: 10 s. It bounds ``WorkspaceStream/sendShellInput(_:)`` and its like behind a runtime that does not read.
    public var commandTimeout: Duration = .seconds(10)
    /// How many events may wait for the consumer before reading stops.
    ///
    /// Default: 16,384.
    public var maximumQueuedEvents = 16_384
    /// How many bytes those events may have had on the wire before reading stops.
    ///
    /// Default: 16 MiB.
    public var maximumQueuedBytes = 16 * 1024 * 1024
    /// How many commands may wait to be sent before their senders wait.
    ///
    /// Default: 64, as in agentctl's own client.
    public var maximumQueuedCommands = 64
    /// What the client calls itself, in every request: to the runtime, and to a proxy that is asked to connect it.
    ///
    /// Default: the name and the version of this package. Nil sends no `User-Agent`; gateways with a firewall often
    /// refuse such a request. Printable ASCII, not empty.
    public var userAgent: String? = WebSocketClientConfiguration.defaultUserAgent
    /// Fields to add to the request for the stream, for what is between the client and the runtime.
    ///
    /// Default: none.
    ///
    /// Checked when a client is made: refused with `invalidConfiguration` are illegal names and values, the fields of
    /// the handshake (see `WebSocketClientConfiguration.fields`), and what the endpoint sends: `Authorization` when it
    /// has a token, `X-Instance-ID` when it has an instance. No redirect is followed, so they go nowhere else.
    public var fields: HTTPFields = [:]
    /// How much of the answer to the request is read, before it is refused.
    ///
    /// Default: 64 KiB of head, in at most 1,024 fields.
    public var handshakeLimits = HandshakeLimits.client
    /// How the connection below the stream behaves: keepalive, limits, queues.
    ///
    /// Its `limits.maximumMessageBytes` is 256 MiB by default, where a WebSocket's is 64: agentctl sends the `git_status`
    /// of a repository in one message, 81 MB for 150,000 untracked files, at every attach. Memory is taken for what has
    /// come; what a stream may cost is in docs/THREAT-MODEL.md. A message may be larger than the queues. Its
    /// `deliversPieces` must be false: an event is a whole message.
    public var connection: ConnectionConfiguration = {
        var connection = ConnectionConfiguration()
        connection.limits.maximumMessageBytes = 256 << 20
        return connection
    }()
    /// How `wss://` is secured: trusted roots, client certificate, versions.
    ///
    /// Default: by the roots of the operating system.
    public var tls = WebSocketTLSConfiguration()
    /// The proxy to go through.
    ///
    /// Default: nil, none; no environment variable is read.
    public var proxy: WebSocketProxy?
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO. Another one must not be shut down before all that uses it has ended.
    public var eventLoopGroup: (any EventLoopGroup)?
    /// Gets debug lines about the life of streams; never payloads or tokens.
    ///
    /// Default: silent.
    public var logger = Self.silentLogger
    private static let silentLogger = Logger(label: "AgentRuntime") { _ in SwiftLogNoOpLogHandler() }

    /// Sees every batch of messages before it becomes events, one event a message: for `wsstream tail --format raw`.
    ///
    /// Called by the reader; must not wait.
    package var onBatch: (@Sendable (MessageBatch) -> Void)?

    /// Creates the default configuration; change single properties from there.
    public init() {}

    func validate() throws(AgentRuntimeError) {
        let positive: [(String, Bool)] = [
            ("connectTimeout", self.connectTimeout > .zero), ("closeTimeout", self.closeTimeout > .zero),
            ("pingTimeout", self.pingTimeout > .zero), ("commandTimeout", self.commandTimeout > .zero),
            ("maximumQueuedEvents", (1...1 << 30).contains(self.maximumQueuedEvents)),
            ("maximumQueuedBytes", (1...1 << 30).contains(self.maximumQueuedBytes)),
            ("maximumQueuedCommands", self.maximumQueuedCommands > 0),
        ]
        for (name, isPositive) in positive where !isPositive {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "\(name) must be positive, and no queue may hold more than 1073741824."
            )
        }
        guard !self.connection.deliversPieces else {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "connection.deliversPieces must be false: an event is a whole message."
            )
        }
        guard self.userAgent?.isEmpty != true else {
            throw AgentRuntimeError(.invalidConfiguration, "userAgent is empty; nil sends none.")
        }
        try self.validateHandshake()
        do throws(WebSocketError) {
            try self.connection.validate()
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
    }

    private func validateHandshake() throws(AgentRuntimeError) {
        var fields = self.fields
        if let userAgent = self.userAgent { fields.append(name: "User-Agent", value: userAgent) }
        do throws(HandshakeError) {
            try self.handshakeLimits.validate()
            try fields.validateAsAdditions()
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
    }
}

public import Logging
public import NIOCore
public import WebSocketProtocol
public import WebSocketTransport

/// How a client reaches a runtime, and how its streams behave.
public struct AgentRuntimeConfiguration: Sendable {
    /// Time for name resolution, connection and handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration {
        get { self.values.connectTimeout }
        set { self.values.connectTimeout = newValue }
    }
    /// Time a close may take before the connection is cut.
    ///
    /// Default: 5 s. It also stands for `connection.closing.timeout`.
    public var closeTimeout: Duration {
        get { self.values.closeTimeout }
        set { self.values.closeTimeout = newValue }
    }
    /// Time a ``WorkspaceStream/ping()`` may take, the way through the queues included.
    ///
    /// Default: 10 s.
    public var pingTimeout: Duration {
        get { self.values.pingTimeout }
        set { self.values.pingTimeout = newValue }
    }
    /// Time a command waits until the system has taken it.
    ///
    /// Default: 10 s. It bounds ``WorkspaceStream/sendShellInput(_:)`` and its like behind a runtime that does not read.
    public var commandTimeout: Duration {
        get { self.values.commandTimeout }
        set { self.values.commandTimeout = newValue }
    }
    /// How many events may wait for the consumer before reading stops.
    ///
    /// Default: 16,384.
    public var maximumQueuedEvents: Int {
        get { self.values.maximumQueuedEvents }
        set { self.values.maximumQueuedEvents = newValue }
    }
    /// How many bytes those events may have had on the wire before reading stops.
    ///
    /// Default: 16 MiB.
    public var maximumQueuedBytes: Int {
        get { self.values.maximumQueuedBytes }
        set { self.values.maximumQueuedBytes = newValue }
    }
    /// How many commands may wait to be sent before their senders wait.
    ///
    /// Default: 64, as in agentctl's own client.
    public var maximumQueuedCommands: Int {
        get { self.values.maximumQueuedCommands }
        set { self.values.maximumQueuedCommands = newValue }
    }
    /// What the client calls itself, in every request: to the runtime, and to a proxy that is asked to connect it.
    ///
    /// Default: the name and the version of this package. Nil sends no `User-Agent`; gateways with a firewall often
    /// refuse such a request. Printable ASCII, not empty.
    public var userAgent: String? {
        get { self.values.userAgent }
        set { self.values.userAgent = newValue }
    }
    /// Fields to add to the request for the stream, for what is between the client and the runtime.
    ///
    /// Default: none.
    ///
    /// Checked when a client is made: refused with `invalidConfiguration` are illegal names and values, the fields of
    /// the handshake (see `WebSocketClientConfiguration.fields`), and what the endpoint sends: `Authorization` when it
    /// has a token, `X-Instance-ID` when it has an instance. No redirect is followed, so they go nowhere else.
    public var fields: HTTPFields {
        get { self.values.fields }
        set { self.values.fields = newValue }
    }
    /// How much of the answer to the request is read, before it is refused.
    ///
    /// Default: 64 KiB of head, in at most 1,024 fields.
    public var handshakeLimits: HandshakeLimits {
        get { self.values.handshakeLimits }
        set { self.values.handshakeLimits = newValue }
    }
    /// How the connection below the stream behaves: keepalive, limits, queues.
    ///
    /// Its `limits.maximumMessageBytes` is 256 MiB by default, where a WebSocket's is 64: agentctl sends the `git_status`
    /// of a repository in one message, 81 MB for 150,000 untracked files, at every attach. Memory is taken for what has
    /// come; what a stream may cost is in docs/THREAT-MODEL.md. A message may be larger than the queues. Its
    /// `deliversPieces` must be false: an event is a whole message.
    public var connection: ConnectionConfiguration {
        get { self.values.connection }
        set { self.values.connection = newValue }
    }
    /// How `wss://` is secured: trusted roots, client certificate, versions.
    ///
    /// Default: by the roots of the operating system.
    public var tls: WebSocketTLSConfiguration {
        get { self.values.tls }
        set { self.values.tls = newValue }
    }
    /// The proxy to go through.
    ///
    /// Default: nil, none; no environment variable is read.
    public var proxy: WebSocketProxy? {
        get { self.values.proxy }
        set { self.values.proxy = newValue }
    }
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO. Another one must not be shut down before all that uses it has ended.
    public var eventLoopGroup: (any EventLoopGroup)? {
        get { self.values.eventLoopGroup }
        set { self.values.eventLoopGroup = newValue }
    }
    /// Gets debug lines about the life of streams; never payloads or tokens.
    ///
    /// Default: silent.
    public var logger: Logger {
        get { self.values.logger }
        set { self.values.logger = newValue }
    }

    /// Sees every batch of messages before it becomes events, one event a message: for programs that show or keep what came.
    ///
    /// Called by the reader; must not wait.
    package var onBatch: (@Sendable (MessageBatch) -> Void)? {
        get { self.values.onBatch }
        set { self.values.onBatch = newValue }
    }

    /// Whether messages are read; else every event says `connected` and nothing more: for who looks at the messages alone.
    ///
    /// Without it no pong is recognized, so it is not for who pings.
    package var decodesEvents = true

    /// Creates the default configuration; change single properties from there.
    public init() {}

    private struct Values: Sendable {
        var connectTimeout: Duration = .seconds(10)
        var closeTimeout: Duration = .seconds(5)
        var pingTimeout: Duration = .seconds(10)
        var commandTimeout: Duration = .seconds(10)
        var maximumQueuedEvents = 16_384
        var maximumQueuedBytes = 16 * 1024 * 1024
        var maximumQueuedCommands = 64
        var userAgent: String? = WebSocketClientConfiguration.defaultUserAgent
        var fields: HTTPFields = [:]
        var handshakeLimits = HandshakeLimits.client
        var connection: ConnectionConfiguration = {
            var connection = ConnectionConfiguration()
            connection.limits.maximumMessageBytes = 256 << 20
            return connection
        }()
        var tls = WebSocketTLSConfiguration()
        var proxy: WebSocketProxy?
        var eventLoopGroup: (any EventLoopGroup)?
        var logger = Logger(label: "AgentRuntime") { _ in SwiftLogNoOpLogHandler() }
        var onBatch: (@Sendable (MessageBatch) -> Void)?
    }

    private static let standard = Shared(Values())
    /// Each client keeps its configuration: those that are made with the same value share it.
    private var shared = Self.standard
    private var values: Values {
        get { self.shared.value }
        set { self.shared.value = newValue }
    }

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

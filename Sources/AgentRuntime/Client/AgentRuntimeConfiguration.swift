public import Logging
public import NIOCore
public import Tracing
public import WebSocketProtocol
public import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// How a client reaches a runtime, and how its streams behave.
public struct AgentRuntimeConfiguration: Sendable {
    /// The time limit for name resolution, connection and handshake together.
    ///
    /// Default: 10 s.
    public var connectTimeout: Duration {
        get { self.values.connectTimeout }
        set { self.values.connectTimeout = newValue }
    }
    /// The time limit for a close; after it, the connection is aborted.
    ///
    /// Default: 5 s. It also replaces `connection.closing.timeout`.
    public var closeTimeout: Duration {
        get { self.values.closeTimeout }
        set { self.values.closeTimeout = newValue }
    }
    /// The time limit for a ``WorkspaceStream/ping()``, including the time in the queues.
    ///
    /// Default: 10 s.
    public var pingTimeout: Duration {
        get { self.values.pingTimeout }
        set { self.values.pingTimeout = newValue }
    }
    /// How long a command may wait until the system has taken it.
    ///
    /// Default: 10 s. If the runtime does not read, it limits ``WorkspaceStream/sendShellInput(_:)`` and the other
    /// commands.
    public var commandTimeout: Duration {
        get { self.values.commandTimeout }
        set { self.values.commandTimeout = newValue }
    }
    /// How long a stream may be without an event until the client asks the runtime whether its instance still exists.
    ///
    /// Default: 30 s; nil asks never. It counts only if the endpoint has an instance id. agentctl leaves the sockets of a
    /// deleted instance open and answers pings on them for ever; only HTTP tells that it is gone. The client asks
    /// `GET /health`. If the port belongs to another instance, or refuses the connection twice, the second time 5 s after
    /// the first, every stream of the client ends with `instanceGone`.
    public var instanceCheck: Duration? {
        get { self.values.instanceCheck }
        set { self.values.instanceCheck = newValue }
    }
    /// The number of events that may wait for the consumer; then reading stops.
    ///
    /// Default: 16,384.
    public var maximumQueuedEvents: Int {
        get { self.values.maximumQueuedEvents }
        set { self.values.maximumQueuedEvents = newValue }
    }
    /// The size of the waiting events in bytes on the wire; when it is reached, reading stops.
    ///
    /// Default: 16 MiB.
    public var maximumQueuedBytes: Int {
        get { self.values.maximumQueuedBytes }
        set { self.values.maximumQueuedBytes = newValue }
    }
    /// The number of commands that may wait to be sent; then their senders wait.
    ///
    /// Default: 64, as in agentctl's own client.
    public var maximumQueuedCommands: Int {
        get { self.values.maximumQueuedCommands }
        set { self.values.maximumQueuedCommands = newValue }
    }
    /// The `User-Agent` in every request: to the runtime, and to a proxy that must connect us.
    ///
    /// Default: the name and the version of this package. Nil sends no `User-Agent`, but gateways with a firewall often
    /// refuse such a request. Printable ASCII, not empty.
    public var userAgent: String? {
        get { self.values.userAgent }
        set { self.values.userAgent = newValue }
    }
    /// Fields to add to the request for the stream, for example for a gateway before the runtime.
    ///
    /// Default: none.
    ///
    /// They are checked when a client is made, which can fail with `invalidConfiguration`. Refused are illegal names
    /// and values and the fields of the handshake (see `WebSocketClientConfiguration.fields`). Also refused are the
    /// fields of the endpoint: `Authorization` if it has a token, `X-Instance-ID` if it has an instance id. The client
    /// follows no redirect, so no other host gets the fields.
    public var fields: HTTPFields {
        get { self.values.fields }
        set { self.values.fields = newValue }
    }
    /// How much of the answer to the request the client reads; it refuses a longer one.
    ///
    /// Default: 64 KiB of head, in at most 1,024 fields.
    public var handshakeLimits: HandshakeLimits {
        get { self.values.handshakeLimits }
        set { self.values.handshakeLimits = newValue }
    }
    /// The configuration of the connection below the stream: keepalive, limits, queues.
    ///
    /// Its `limits.maximumMessageBytes` is 256 MiB by default, but 64 MiB for other WebSockets. The reason: agentctl
    /// sends the `git_status` of a repository in one message on every connection, 81 MB for 150,000 untracked files.
    /// Memory is used only for bytes that have arrived. docs/THREAT-MODEL.md says how much memory a stream may use. A
    /// message may be larger than the queues. `deliversPieces` must be false, because an event is a whole message.
    public var connection: ConnectionConfiguration {
        get { self.values.connection }
        set { self.values.connection = newValue }
    }
    /// The TLS configuration for `wss://`: trusted roots, client certificate, versions.
    ///
    /// Default: the roots of the operating system.
    public var tls: WebSocketTLSConfiguration {
        get { self.values.tls }
        set { self.values.tls = newValue }
    }
    /// The proxy.
    ///
    /// Default: nil, no proxy; no environment variable is read.
    public var proxy: WebSocketProxy? {
        get { self.values.proxy }
        set { self.values.proxy = newValue }
    }
    /// The event loops to use.
    ///
    /// Default: the process-wide group of SwiftNIO. If you use your own group, shut it down only after all clients have
    /// closed.
    public var eventLoopGroup: (any EventLoopGroup)? {
        get { self.values.eventLoopGroup }
        set { self.values.eventLoopGroup = newValue }
    }
    /// The clock of the client's own waits and time limits; for tests, in which time passes only when the test says so.
    ///
    /// Default: nil, the clock of the system.
    ///
    /// On it pass: ``closeTimeout``, ``pingTimeout``, ``commandTimeout``, ``instanceCheck``, the limits of control
    /// calls and of requests to the agent, and all waits of a follower. On the clock of the system stay
    /// ``connectTimeout``, everything in ``connection``, and the limit of a provider of tokens. A clock that stands
    /// still also stops the limit of a close, so a peer that never answers holds it up. Every timer is a task then, so a
    /// client for real work should have no clock.
    public var clock: (any Clock<Duration>)? {
        get { self.values.clock }
        set { self.values.clock = newValue }
    }
    /// Gets debug messages about the states of streams, but never payloads or tokens.
    ///
    /// Default: logs nothing.
    public var logger: Logger {
        get { self.values.logger }
        set { self.values.logger = newValue }
    }
    /// Makes the spans of dials, control calls and turns of an agent; docs/OBSERVATION.md has their names.
    ///
    /// Default: nil, which takes the tracer that `InstrumentationSystem` has when a dial or a call begins. If it has
    /// none, no spans are made, and requests have no fields of a trace.
    public var tracer: (any Tracer)? {
        get { self.values.tracer }
        set { self.values.tracer = newValue }
    }

    /// Gets every batch of messages before it is decoded; for programs that show or keep the messages.
    ///
    /// Each message becomes one event.
    /// The reader calls it, so it must not wait.
    package var onBatch: (@Sendable (MessageBatch) -> Void)? {
        get { self.values.onBatch }
        set { self.values.onBatch = newValue }
    }

    /// Whether messages are decoded; if not, every event is `connected`; for callers that use only the messages.
    ///
    /// Without decoding no pong is recognized, so pings do not work.
    package var decodesEvents = true

    /// Whether every event keeps a copy of its frame, see `WorkspaceEvent.rawBytes`; for programs that show the frames
    /// of events that may not all be delivered.
    package var keepsFrames = false

    /// Creates the default configuration; you can change single properties.
    public init() {}

    private struct Values: Sendable {
        var connectTimeout: Duration = .seconds(10)
        var closeTimeout: Duration = .seconds(5)
        var pingTimeout: Duration = .seconds(10)
        var commandTimeout: Duration = .seconds(10)
        var instanceCheck: Duration? = .seconds(30)
        var maximumQueuedEvents = 16_384
        var maximumQueuedBytes = 16 * 1024 * 1024
        var maximumQueuedCommands = 64
        var userAgent: String? = WebSocketClientConfiguration.defaultUserAgent
        var fields: HTTPFields = [:]
        var handshakeLimits = HandshakeLimits.client
        var connection: ConnectionConfiguration = {
            var connection = ConnectionConfiguration()
            #if RED_CONTROLS
            if RedControl.isActive(.messageLimitOfTheLayer) { return connection }
            #endif
            connection.limits.maximumMessageBytes = 256 << 20
            return connection
        }()
        var tls = WebSocketTLSConfiguration()
        var proxy: WebSocketProxy?
        var eventLoopGroup: (any EventLoopGroup)?
        var clock: (any Clock<Duration>)?
        var logger = Logger(label: "AgentRuntime") { _ in SwiftLogNoOpLogHandler() }
        var tracer: (any Tracer)?
        var onBatch: (@Sendable (MessageBatch) -> Void)?
    }

    private static let standard = SharedValue(Values())
    /// Each client keeps its configuration; clients made with the same value share it.
    private var shared = Self.standard
    private var values: Values {
        get { self.shared.value }
        set { self.shared.value = newValue }
    }

    /// The allowed limits of a queue: at most 1 Gi events, or 1 GiB.
    private static let queueLimits = 1...1 << 30

    func validate() throws(AgentRuntimeError) {
        let positive: [(String, Bool)] = [
            ("connectTimeout", self.connectTimeout > .zero), ("closeTimeout", self.closeTimeout > .zero),
            ("pingTimeout", self.pingTimeout > .zero), ("commandTimeout", self.commandTimeout > .zero),
            ("instanceCheck", self.instanceCheck ?? .seconds(1) > .zero),
            ("maximumQueuedEvents", Self.queueLimits.contains(self.maximumQueuedEvents)),
            ("maximumQueuedBytes", Self.queueLimits.contains(self.maximumQueuedBytes)),
            ("maximumQueuedCommands", self.maximumQueuedCommands > 0),
        ]
        for (name, isPositive) in positive where !isPositive {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "\(name) must be positive; a queue may hold at most 1073741824 events or bytes."
            )
        }
        guard !self.connection.deliversPieces else {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "connection.deliversPieces must be false: an event is a whole message."
            )
        }
        guard self.userAgent?.isEmpty != true else {
            throw AgentRuntimeError(.invalidConfiguration, "userAgent must not be empty; use nil to send none.")
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

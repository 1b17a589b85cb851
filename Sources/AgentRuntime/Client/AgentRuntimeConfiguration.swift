public import Logging
public import NIOCore
package import WebSocketProtocol
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
    /// Time a ``WorkspaceStream/ping()`` waits for its pong.
    ///
    /// Default: 10 s.
    public var pingTimeout: Duration = .seconds(10)
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
    /// How the connection below the stream behaves: keepalive, limits, queues.
    ///
    /// Its `deliversPieces` must be false: an event is a whole message.
    public var connection = ConnectionConfiguration()
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
    public var logger = Logger(label: "AgentRuntime") { _ in SwiftLogNoOpLogHandler() }

    /// Sees every batch of messages before it becomes events, one event a message: for `wsstream tail --format raw`.
    ///
    /// Called by the reader; must not wait.
    package var onBatch: (@Sendable (MessageBatch) -> Void)?

    /// Creates the default configuration; change single properties from there.
    public init() {}

    func validate() throws(AgentRuntimeError) {
        let positive: [(String, Bool)] = [
            ("connectTimeout", self.connectTimeout > .zero), ("closeTimeout", self.closeTimeout > .zero),
            ("pingTimeout", self.pingTimeout > .zero),
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
        do throws(WebSocketError) {
            try self.connection.validate()
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
    }
}

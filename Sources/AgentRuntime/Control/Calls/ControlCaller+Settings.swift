import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

// Control calls with the endpoint and the configuration of a client.
extension ControlCaller {
    /// The calls of one client.
    ///
    /// - Parameters:
    ///   - settings: Endpoint and configuration.
    ///   - membership: How each call becomes a member of the client's barrier.
    ///   - timers: The timers of the client.
    ///   - fields: The fields of each request; nil means those of the endpoint and the configuration.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    convenience init(
        _ settings: ClientSettings,
        membership: ControlMembership,
        timers: (any RuntimeTimers)? = nil,
        fields: (@Sendable () async throws -> HTTPFields)? = nil
    ) throws(AgentRuntimeError) {
        let (endpoint, configuration) = (settings.endpoint, settings.configuration)
        let own = try endpoint.fields(with: configuration.fields)
        self.init(
            target: { path, query in try StreamTarget(endpoint: endpoint, path: path, query: query).url },
            fields: {
                var fields = try await fields?() ?? own
                if let userAgent = configuration.userAgent, !fields.contains("User-Agent") {
                    fields.append(name: "User-Agent", value: userAgent)
                }
                return fields
            },
            transport: HTTPControlTransport(url: endpoint.url, configuration: Self.dialling(configuration)),
            membership: membership,
            timers: timers ?? EventLoopTimers(group: configuration.eventLoopGroup),
            limits: ControlLimits(successBytes: configuration.connection.limits.maximumMessageBytes)
        )
    }

    /// How to dial, without what is only for WebSockets.
    private static func dialling(_ configuration: AgentRuntimeConfiguration) -> WebSocketClientConfiguration {
        var dialling = WebSocketClientConfiguration()
        dialling.connectTimeout = configuration.connectTimeout
        dialling.userAgent = configuration.userAgent
        dialling.tls = configuration.tls
        dialling.proxy = configuration.proxy
        dialling.handshakeLimits = configuration.handshakeLimits
        dialling.eventLoopGroup = configuration.eventLoopGroup
        dialling.logger = configuration.logger
        return dialling
    }
}

extension RuntimeControl {
    /// The calls of one client; see ``ControlCaller/init(_:membership:timers:fields:)``.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    init(
        _ settings: ClientSettings,
        membership: ControlMembership,
        timers: (any RuntimeTimers)? = nil,
        fields: (@Sendable () async throws -> HTTPFields)? = nil
    ) throws(AgentRuntimeError) {
        self.init(caller: try ControlCaller(settings, membership: membership, timers: timers, fields: fields))
    }

    /// Closes the kept connections and waits for that; the client calls it when it closes, after the members have left.
    func closeConnections() async { await self.caller.pool.close() }
}

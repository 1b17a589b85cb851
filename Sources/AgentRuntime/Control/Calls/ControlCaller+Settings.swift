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
    ///   - credentials: Says for each call where its token comes from; nil means those of the endpoint.
    convenience init(
        _ settings: ClientSettings,
        membership: ControlMembership,
        timers: (any RuntimeTimers)? = nil,
        credentials: (@Sendable () -> RuntimeCredentials)? = nil
    ) {
        let (endpoint, configuration) = (settings.endpoint, settings.configuration)
        self.init(
            target: { path, query in try endpoint.url(path: path, query: query) },
            credentials: credentials ?? { endpoint.credentials },
            fields: { token in
                var fields = try endpoint.fields(token: token, with: configuration.fields)
                if let userAgent = configuration.userAgent, !fields.contains("User-Agent") {
                    fields.append(name: "User-Agent", value: userAgent)
                }
                return fields
            },
            transport: HTTPControlTransport(url: endpoint.baseURL, configuration: Self.dialling(configuration)),
            membership: membership,
            timers: timers ?? AgentRuntimeClient.timers(configuration),
            limits: ControlLimits(successBytes: configuration.connection.limits.maximumMessageBytes),
            tracer: { configuration.activeTracer }
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
    /// The calls of one client; see ``ControlCaller/init(_:membership:timers:credentials:)``.
    init(
        _ settings: ClientSettings,
        membership: ControlMembership,
        timers: (any RuntimeTimers)? = nil,
        onStart: @escaping @Sendable () -> Void = {}
    ) {
        self.init(caller: ControlCaller(settings, membership: membership, timers: timers), onStart: onStart)
    }

    /// Closes the kept connections and waits for that; the client calls it when it closes, after the members have left.
    func closeConnections() async { await self.caller.pool.close() }
}

import ConcurrencyPrimitives
import WebSocketProtocol

/// A scripted control port of agentctl: clients make and delete instances, each with a port of its own.
///
/// | request | answer |
/// |---|---|
/// | `GET /health` | 200 |
/// | `POST /auth/handshake` with the nonce | 200 with the token, once; otherwise 400 or 403 |
/// | `POST /api/v1/instances` | 201 `{"id","port"}`; 500 if the id exists |
/// | `GET /api/v1/instances`, `GET /api/v1/instances/:id` | 200, or 404 |
/// | `DELETE /api/v1/instances/:id` | 200, or 404 |
///
/// After a deletion the streams of the instance live on as ghosts, see ``MockServer/leaveGhosts()``. Its port refuses
/// connections until a later instance gets it.
public final class MockControlPort: Sendable {
    /// The port that the control port listens on.
    public let port: Int
    /// The address such as `http://127.0.0.1:49152`.
    public let url: String

    private let listener: MockListener
    private let instances: InstanceRegistry
    private let running: Task<Void, Never>

    private init(_ configuration: MockControlConfiguration, listener: MockListener) {
        let instances = InstanceRegistry(configuration)
        let faults = FaultTable(configuration.faults)
        let endpoints = ControlEndpoints(configuration: configuration, instances: instances)
        let router = RequestRouter(
            table: EndpointTable(endpoints: endpoints.all),
            authorization: AgentAuthorization(
                token: configuration.nonce == nil ? nil : configuration.token,
                instanceID: nil,
                exempt: ["/health", "/auth/handshake"]
            ),
            faults: faults,
            clock: configuration.instance.clock
        )
        (self.listener, self.instances, self.port) = (listener, instances, listener.port)
        self.url = "http://\(configuration.instance.host):\(listener.port)"
        self.running = Task { await listener.run { await router.handle($0) } }
    }

    /// Starts a control port.
    ///
    /// - Parameter configuration: The configuration.
    /// - Returns: The control port, which already listens. Call ``stop()``, or it runs until the process ends.
    /// - Throws: ``MockServerError`` with `invalidConfiguration`, `invalidScenario` or `listenFailed`.
    public static func start(
        _ configuration: MockControlConfiguration = MockControlConfiguration()
    ) async throws -> MockControlPort {
        try configuration.instance.validate()
        let listener = try await MockListener.bind(
            host: configuration.instance.host,
            port: configuration.port,
            tls: nil
        )
        return MockControlPort(configuration, listener: listener)
    }

    /// The server of an instance; nil if there is none with this id.
    ///
    /// - Parameter id: The id of the instance.
    /// - Returns: The server; the control port stops it.
    public func instance(_ id: String) -> MockServer? { self.instances.entry(id)?.server }

    /// The ids of the instances.
    public var instanceIDs: [String] { self.instances.all.map(\.id) }

    /// Deletes an instance as a client's request does.
    ///
    /// - Parameter id: The id of the instance.
    /// - Returns: Whether it existed.
    @discardableResult
    public func deleteInstance(_ id: String) async -> Bool { await self.instances.delete(id) }

    /// Stops the control port and all instances, the deleted ones and their ghosts included.
    public func stop() async {
        // A task of its own, so that cancelling the caller does not shorten it.
        await Task {
            await self.listener.close()
            self.running.cancel()
            await self.running.value
            await self.instances.stopAll()
        }.value
    }
}

/// Runs `body` with a mock control port, and stops it before it returns.
///
/// - Parameters:
///   - configuration: The configuration.
///   - body: Uses the control port. It must not let it escape.
/// - Returns: The value of `body`.
/// - Throws: The errors of ``MockControlPort/start(_:)``, or the error of `body`, unchanged.
public func withMockControlPort<Value>(
    _ configuration: MockControlConfiguration = MockControlConfiguration(),
    _ body: (MockControlPort) async throws -> Value
) async throws -> Value {
    let control = try await MockControlPort.start(configuration)
    do {
        let value = try await body(control)
        await control.stop()
        return value
    } catch {
        await control.stop()
        throw error
    }
}

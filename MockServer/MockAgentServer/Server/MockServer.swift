import ConcurrencyPrimitives
public import WebSocketProtocol
import WorkspaceProtocol

/// A scripted agentctl: one instance port with its streams and HTTP API, and faults on request.
///
/// | path | answer |
/// |---|---|
/// | `/health` | `{"status":"ok","timestamp":"…"}`; it needs no token |
/// | `/api/v1/workspace/stream` | the stream: `connected`, a `git_status` per repository, then the scenario |
/// | `/api/v1/agent/stream` | the agent of the scenario |
/// | `/api/v1/shell/terminal/:id/stream` | a terminal that echoes |
/// | `/api/v1/…` | the requests of agentctl that a client of its streams needs: see `docs/MOCK-SERVER.md` |
/// | `/bench/recv`, `/bench/events`, `/bench/echo`, `/bench/sink` | for measurements: see `BenchEndpoints` |
/// | anything else | 404 |
///
/// A server runs until ``stop()``; prefer ``withMockServer(_:_:)``, which always stops it. For the control port with
/// several instances see ``MockControlPort``.
public final class MockServer: Sendable {
    /// The port that the server listens on.
    public let port: Int
    /// The address such as `ws://127.0.0.1:49152`, or with `wss`, without a path.
    public let url: String
    /// The URL of the workspace stream.
    public let streamURL: WebSocketURL

    let ledger: ServerLedger
    let instance: MockInstance
    let listener: MockListener
    private let work: WorkQueue
    private let stopTimeout: Duration
    /// The tasks that handle all requests and play all scripts; ``stop()`` waits for them.
    private let running: Task<Void, Never>

    private init(
        _ configuration: MockServerConfiguration,
        kept: MockWorkspace.Kept?,
        listener: MockListener,
        streamURL: WebSocketURL
    ) {
        let (ledger, work) = (ServerLedger(maximumHistory: configuration.maximumHistory), WorkQueue())
        let instance = MockInstance(configuration, kept: kept, ledger: ledger, work: work)
        instance.agent.listens(on: listener.port)
        let bench = BenchEndpoints(ledger: ledger, terms: instance.terms)
        let router = RequestRouter(
            table: EndpointTable(
                endpoints: InstanceEndpoints(instance: instance, port: listener.port).all + bench.endpoints
            ),
            authorization: AgentAuthorization(token: configuration.token, instanceID: configuration.instanceID),
            faults: instance.faults,
            clock: configuration.clock
        )
        (self.ledger, self.instance, self.listener, self.work) = (ledger, instance, listener, work)
        (self.port, self.stopTimeout, self.streamURL) = (listener.port, configuration.stopTimeout, streamURL)
        self.url = "\(streamURL.scheme.rawValue)://\(streamURL.hostField)"
        self.running = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await work.run() }
                await listener.run { request in
                    ledger.saw(request)
                    if request.head.path == AgentctlAPI.workspaceStreamPath[...], request.head.asksForWebSocket {
                        request.count(as: ledger.sawUpgrade(request.head.fields))
                    }
                    await router.handle(request)
                }
            }
        }
    }

    /// Starts a server.
    ///
    /// - Parameter configuration: The configuration of the server.
    /// - Returns: The server, which already listens. Call ``stop()``, or it runs until the process ends.
    /// - Throws: ``MockServerError`` with `invalidConfiguration`, `invalidScenario` or `listenFailed`.
    public static func start(
        _ configuration: MockServerConfiguration = MockServerConfiguration()
    ) async throws -> MockServer {
        try await self.start(configuration, kept: nil)
    }

    /// Starts a server that goes on with what another one has left.
    static func start(_ configuration: MockServerConfiguration, kept: MockWorkspace.Kept?) async throws -> MockServer {
        try configuration.validate()
        let listener = try await MockListener.bind(
            host: configuration.host,
            port: configuration.port,
            tls: configuration.tls
        )
        do {
            let url = try WebSocketURL(
                scheme: configuration.tls == nil ? .ws : .wss,
                host: configuration.host,
                port: listener.port,
                path: AgentctlAPI.workspaceStreamPath
            )
            return MockServer(configuration, kept: kept, listener: listener, streamURL: url)
        } catch {
            await listener.close()
            throw MockServerError(.invalidConfiguration, error.message, cause: error)
        }
    }

    /// Stops the server: clients get close code 1001, and nothing of the server is left when the call returns.
    ///
    /// After ``MockServerConfiguration/stopTimeout``, and at once if a scenario stalls, sockets are ended without a
    /// Close frame. You may call it again, and from several tasks; cancelling the caller does not shorten it. Tasks
    /// that wait for an observation get ``MockServerError/Code/stopped``.
    public func stop() async {
        // A task of its own, so that cancelling the caller does not shorten it.
        await Task { await self.end() }.value
    }

    private func end() async {
        for stream in self.ledger.state.streams.values where stream.isHeld { stream.socket.abort() }
        await withDiscardingTaskGroup { group in
            group.addTask {
                guard (try? await Task.sleep(for: self.stopTimeout)) != nil else { return }
                self.abortAll()
            }
            await self.listener.close()
            group.cancelAll()
        }
        // Every connection has ended. What remains waits for a time, or to answer a request.
        self.work.finish()
        self.running.cancel()
        await self.running.value
        self.ledger.watched.finish()
        self.instance.agentStream.requests.finish()
    }
}

/// Runs `body` with a mock server, and stops the server before it returns.
///
/// - Parameters:
///   - configuration: The configuration of the server.
///   - body: Uses the server. It must not let the server escape.
/// - Returns: The value of `body`.
/// - Throws: The errors of ``MockServer/start(_:)``, or the error of `body`, unchanged.
public func withMockServer<Value>(
    _ configuration: MockServerConfiguration = MockServerConfiguration(),
    _ body: (MockServer) async throws -> Value
) async throws -> Value {
    let server = try await MockServer.start(configuration)
    do {
        let value = try await body(server)
        await server.stop()
        return value
    } catch {
        await server.stop()
        throw error
    }
}

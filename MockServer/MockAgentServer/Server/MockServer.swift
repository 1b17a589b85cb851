public import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// A scripted agentctl: the workspace stream with its checks, a shell that echoes its input, and faults on request.
///
/// | path | answer |
/// |---|---|
/// | `/health` | `{"status":"ok","timestamp":"…"}`, without a check |
/// | `/api/v1/workspace/stream` | the stream: `connected`, a `git_status` per repository, then the scenario |
/// | `/bench/recv`, `/bench/events`, `/bench/echo`, `/bench/sink` | for measurements: see `BenchEndpoints` |
/// | anything else | 404 |
///
/// A server runs until ``stop()``; prefer ``withMockServer(_:_:)``, which always stops it.
public final class MockServer: Sendable {
    /// The port that the server listens on.
    public let port: Int
    /// The address such as `ws://127.0.0.1:49152`, or with `wss`, without a path.
    public let url: String
    /// The URL of the workspace stream.
    public let streamURL: WebSocketURL

    let ledger: ServerLedger
    private let server: WebSocketServer
    private let stopTimeout: Duration
    /// The task that handles all requests; ``stop()`` waits for it.
    private let running: Task<Void, Never>

    private init(_ configuration: MockServerConfiguration, server: WebSocketServer, streamURL: WebSocketURL) {
        let ledger = ServerLedger(maximumHistory: configuration.maximumHistory)
        let router = RequestRouter(configuration: configuration, ledger: ledger)
        (self.ledger, self.server, self.streamURL) = (ledger, server, streamURL)
        (self.port, self.stopTimeout) = (server.port, configuration.stopTimeout)
        self.url = "\(streamURL.scheme.rawValue)://\(streamURL.hostField)"
        self.running = Task { await server.run { await router.handle($0) } }
    }

    /// Starts a server.
    ///
    /// - Parameter configuration: The configuration of the server.
    /// - Returns: The server, which already listens. Call ``stop()``, or it runs until the process ends.
    /// - Throws: ``MockServerError`` with `invalidConfiguration`, `invalidScenario` or `listenFailed`.
    public static func start(
        _ configuration: MockServerConfiguration = MockServerConfiguration()
    ) async throws -> MockServer {
        try configuration.validate()
        var server = WebSocketServerConfiguration()
        (server.host, server.port, server.connection) = (
            configuration.host, configuration.port, configuration.connection
        )
        server.compression = configuration.compression
        // Scenarios may delay answers for any time.
        server.answerTimeout = nil
        server.tls = configuration.tls
        // Like agentctl, whose CheckOrigin is always true.
        server.policy.origin = .any
        let bound: WebSocketServer
        do {
            bound = try await WebSocketServer.bind(server)
        } catch let error as WebSocketError {
            let code: MockServerError.Code = error.code == .listenFailed ? .listenFailed : .invalidConfiguration
            throw MockServerError(code, error.message, cause: error.cause)
        }
        do {
            let url = try WebSocketURL(
                scheme: configuration.tls == nil ? .ws : .wss,
                host: configuration.host,
                port: bound.port,
                path: AgentctlAPI.workspaceStreamPath
            )
            return MockServer(configuration, server: bound, streamURL: url)
        } catch {
            await bound.close()
            throw MockServerError(.invalidConfiguration, error.message, cause: error)
        }
    }

    /// Stops the server: clients get close code 1001, and nothing of the server is left when the call returns.
    ///
    /// After ``MockServerConfiguration/stopTimeout``, and at once if a scenario stalls, sockets are ended without a
    /// Close frame. You may call it again, and from several tasks; cancelling the caller does not shorten it. Tasks
    /// that wait for an observation get ``MockServerError/Code/stopped``.
    public func stop() async { await Task { await self.end() }.value }

    private func end() async {
        for stream in self.ledger.state.streams.values where stream.isHeld { stream.connection.abort() }
        await withDiscardingTaskGroup { group in
            group.addTask {
                guard (try? await Task.sleep(for: self.stopTimeout)) != nil else { return }
                self.abortAll()
            }
            await self.server.close()
            group.cancelAll()
        }
        // Every connection has ended. The remaining requests wait for the answer to their handshake.
        self.running.cancel()
        await self.running.value
        self.ledger.watched.finish()
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

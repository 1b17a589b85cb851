import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol
public import WorkspaceProtocol

/// The client of agentctl's control port, which makes and deletes instances: the runtimes of workspaces.
///
/// ```swift
/// let control = try ControlPortClient(endpoint: RuntimeEndpoint("http://127.0.0.1:39429"))
/// try await control.handshake(nonce: nonce)
/// let instance = try await control.createInstance(CreateInstanceRequest(workspacePath: "/srv/ws", id: "exec-1"))
/// let endpoint = try control.endpoint(ofInstance: instance.id, port: instance.port)
/// ```
///
/// Any task may make any call at any time. Errors, time limits and connections are as for ``RuntimeControl``; the time
/// limit of each call is 60 s. After ``close()`` no task, socket or timer of the client is left.
public final class ControlPortClient: Sendable {
    /// Where the control port listens; with the token that the client was made with.
    public let endpoint: RuntimeEndpoint

    private let caller: ControlCaller
    private let barrier = ControlBarrier()
    private let token: Locked<String?>
    private let closeLimit: Duration

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoint: Where the control port listens. With a token, no handshake is needed. An agentctl that was started
    ///     without a nonce needs neither.
    ///   - configuration: How to reach it; what is about streams is not used.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    public init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration()
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        _ = try endpoint.fields(token: "", with: configuration.fields)
        let token = Locked<String?>(nil)
        self.endpoint = endpoint
        self.token = token
        self.closeLimit = configuration.closeTimeout + ClientDriver.grace
        self.caller = ControlCaller(
            ClientSettings(endpoint: endpoint, configuration: configuration),
            membership: self.barrier.membership,
            // The token of a handshake is known only later.
            credentials: { token.withLock { $0 }.map { .token($0) } ?? endpoint.credentials }
        )
    }

    /// Whether ``close()`` was called.
    public var isClosed: Bool { self.barrier.isClosed }

    /// Ends the calls that run, closes the connections and waits for both.
    ///
    /// When it returns, nothing of the client is left, and every call throws `clientClosed`. You may call it again;
    /// every call waits. Cancelling the task does not shorten the wait. It takes no longer than closing sockets, except if
    /// a provider of tokens goes on although it was cancelled: then at most
    /// ``AgentRuntimeConfiguration/closeTimeout`` and a second.
    public func close() async {
        await self.barrier.close(within: self.closeLimit, self.caller.timers)
        await self.caller.pool.close()
    }

    /// Asks whether agentctl is well: `GET /health`.
    ///
    /// Idempotent; it needs no token.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The health.
    /// - Throws: See ``RuntimeControl``.
    public func health(timeout: Duration? = nil) async throws -> RuntimeHealth {
        try await self.caller.value(.get(AgentctlAPI.healthPath), timeout: timeout)
    }

    /// Asks for the resource of a runtime that need not be agentctl.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - path: The path, percent-encoded and with a slash at its start.
    ///   - timeout: The time limit of everything together.
    /// - Returns: The status, 200...999, and the body, as far as the limits allow.
    /// - Throws: See ``RuntimeControl``, without the errors for a status.
    package func resource(_ path: String, timeout: Duration) async throws -> (status: Int, body: [UInt8]) {
        let answer = try await self.caller.perform(.get(path), timeout: timeout)
        return (answer.status, Array(answer.body.readableBytesView))
    }

    /// Asks for the health until agentctl is ready; see ``RuntimeControl/waitUntilReady(timeout:interval:)``.
    ///
    /// - Parameters:
    ///   - limit: The time limit of all attempts together.
    ///   - interval: The pause between two attempts.
    /// - Returns: The health.
    /// - Throws: See ``RuntimeControl/waitUntilReady(timeout:interval:)``.
    public func waitUntilReady(
        timeout limit: Duration,
        interval: Duration = .milliseconds(500)
    ) async throws -> RuntimeHealth {
        try await self.caller.waitUntilReady(within: limit, interval: interval)
    }

    /// Gets the token for a nonce: `POST /auth/handshake`.
    ///
    /// Not idempotent: agentctl takes a nonce once.
    ///
    /// The client sends the token in its later calls.
    ///
    /// - Parameters:
    ///   - nonce: The nonce with which agentctl was started.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The token, which is also that of all instances; keep it secret.
    /// - Throws: See ``RuntimeControl``. A nonce that is wrong or was used is `refused` with 403, an empty one with 400.
    ///   After `deliveryUnknown`, the nonce may be used up.
    @discardableResult
    public func handshake(nonce: String, timeout: Duration? = nil) async throws -> String {
        let body = ControlHandshakeRequest(nonce: nonce)
        let request = try ControlRequest.post(AgentctlAPI.handshakePath, body, isIdempotent: false)
        let answer: ControlHandshakeAnswer = try await self.caller.value(request, timeout: timeout)
        guard !answer.token.isEmpty else {
            throw AgentRuntimeError(.unexpectedAnswer, "The answer to \(request.name) has no token.")
        }
        self.token.withLock { $0 = answer.token }
        return answer.token
    }

    /// Makes an instance: `POST /api/v1/instances`.
    ///
    /// Not idempotent.
    ///
    /// - Parameters:
    ///   - request: The workspace and the agent. A directory that does not exist is not an error.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The id and the port.
    /// - Throws: See ``RuntimeControl``; `alreadyExists` if there is an instance of that id. agentctl refuses this with
    ///   500 like every other failure, so after a 500 the client asks for the id.
    public func createInstance(
        _ request: CreateInstanceRequest,
        timeout: Duration? = nil
    ) async throws -> CreateInstanceAnswer {
        let call = try ControlRequest.post(AgentctlAPI.instancesPath, request, isIdempotent: false)
        do {
            return try await self.caller.value(call, timeout: timeout)
        } catch let error as AgentRuntimeError where error.code == .refused && error.httpStatus == 500 {
            guard let id = request.id, AgentctlAPI.isSegment(id), let other = try? await self.instance(id: id) else {
                throw error
            }
            let message = "There is an instance of that id, on port \(other.port): \(error.message)"
            throw AgentRuntimeError(.alreadyExists, message, cause: error.cause)
        }
    }

    /// Asks for one instance: `GET /api/v1/instances/:id`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - id: The id of the instance.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The instance; nil if there is none of that id.
    /// - Throws: See ``RuntimeControl``.
    public func instance(id: String, timeout: Duration? = nil) async throws -> AgentInstance? {
        try ControlRequest.check(id: id, "The id of an instance")
        return try await self.caller.valueIfAny(.get(AgentctlAPI.instancePath(id)), timeout: timeout)
    }

    /// Lists the instances: `GET /api/v1/instances`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The instances, in no order.
    /// - Throws: See ``RuntimeControl``.
    public func instances(timeout: Duration? = nil) async throws -> [AgentInstance] {
        try await self.caller.value(.get(AgentctlAPI.instancesPath), timeout: timeout)
    }

    /// Deletes an instance: `DELETE /api/v1/instances/:id`.
    ///
    /// Idempotent: one that does not exist is done.
    ///
    /// agentctl leaves the streams of the instance open, and answers their pings for ever: close them.
    ///
    /// - Parameters:
    ///   - id: The id of the instance.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: Whether there was an instance.
    /// - Throws: See ``RuntimeControl``.
    @discardableResult
    public func deleteInstance(id: String, timeout: Duration? = nil) async throws -> Bool {
        try ControlRequest.check(id: id, "The id of an instance")
        let request = ControlRequest.delete(AgentctlAPI.instancePath(id))
        let answer: DeleteInstanceAnswer? = try await self.caller.valueIfAny(request, timeout: timeout)
        return answer != nil
    }

    /// The endpoint of an instance, on the host of the control port, with the token of the handshake or of the client.
    ///
    /// - Parameters:
    ///   - id: The id of the instance, which each request then names.
    ///   - port: Its port.
    /// - Returns: The endpoint.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` for a port that is none, and if the control port is a
    ///   Unix socket.
    public func endpoint(ofInstance id: String, port: Int) throws(AgentRuntimeError) -> RuntimeEndpoint {
        guard self.endpoint.baseURL.socketPath == nil else {
            throw AgentRuntimeError(.invalidConfiguration, "A control port on a Unix socket does not name a host.")
        }
        let url: WebSocketURL
        do throws(HandshakeError) {
            url = try WebSocketURL(scheme: self.endpoint.baseURL.scheme, host: self.endpoint.baseURL.host, port: port)
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, error.message, cause: error)
        }
        let base = "\(url.scheme.rawValue)://\(url.host.contains(":") ? "[\(url.host)]" : url.host):\(url.port)"
        let token = self.token.withLock { $0 }
        return try RuntimeEndpoint(
            base,
            credentials: token.map { .token($0) } ?? self.endpoint.credentials,
            instanceID: id
        )
    }
}

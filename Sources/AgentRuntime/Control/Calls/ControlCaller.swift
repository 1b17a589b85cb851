import ConcurrencyPrimitives
import NIOCore
import Tracing
import WebSocketProtocol
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Performs the control calls of one client: each is a member of the client's barrier from its start to its end.
///
/// ```
///   register ─► permit of the pool ─► kept connection, or dial ─► exchange ─► connection kept or closed ─► leave
/// ```
final class ControlCaller: Sendable {
    /// The address of the runtime: it makes the request target of a path, and the value of `Host`.
    let target: @Sendable (_ path: String, _ query: String?) throws -> WebSocketURL
    /// Where the token of each call comes from.
    let credentials: @Sendable () -> RuntimeCredentials
    /// The fields of each request that do not depend on the call, with the token.
    let fields: @Sendable (_ token: String?) throws -> HTTPFields
    let transport: any ControlTransport
    let membership: ControlMembership
    let timers: any RuntimeTimers
    let limits: ControlLimits
    let pool: ControlConnectionPool
    /// The tracer to use for a call; nil if there is none.
    let tracer: @Sendable () -> (any Tracer)?

    init(
        target: @escaping @Sendable (_ path: String, _ query: String?) throws -> WebSocketURL,
        credentials: @escaping @Sendable () -> RuntimeCredentials = { .none },
        fields: @escaping @Sendable (_ token: String?) throws -> HTTPFields,
        transport: any ControlTransport,
        membership: ControlMembership,
        timers: any RuntimeTimers,
        limits: ControlLimits,
        pool: ControlConnectionPool = ControlConnectionPool(),
        tracer: @escaping @Sendable () -> (any Tracer)? = { nil }
    ) {
        (self.target, self.credentials, self.fields, self.transport) = (target, credentials, fields, transport)
        (self.membership, self.timers, self.limits, self.pool) = (membership, timers, limits, pool)
        self.tracer = tracer
    }

    /// Performs a call.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: The time limit of everything together; nil means that of the request.
    /// - Returns: The answer, with any status.
    /// - Throws: ``AgentRuntimeError``, `CancellationError`. Then the connection of the call is closed.
    func perform(_ request: ControlRequest, timeout: Duration? = nil) async throws -> ControlAnswer {
        guard let span = RuntimeSpan("agentctl.control", self.tracer()) else {
            return try await self.perform(request, timeout: timeout, [:])
        }
        span.set("http.request.method", request.method.rawValue)
        span.set("url.template", AgentctlAPI.template(of: request.path))
        return try await span.whole {
            let answer = try await self.perform(request, timeout: timeout, span.fields)
            span.set("http.response.status_code", answer.status)
            return answer
        }
    }

    private func perform(
        _ request: ControlRequest,
        timeout: Duration?,
        _ traceFields: HTTPFields
    ) async throws -> ControlAnswer {
        let timeout = timeout ?? request.timeout
        guard timeout > .zero else {
            throw AgentRuntimeError(.invalidConfiguration, "The timeout must be positive, got \(timeout).")
        }
        // Refuse what can't be sent before anything is dialled.
        let url = try self.target(request.path, request.query)
        return try await self.asMember(request, timeout: timeout) { call in
            let credentials = self.credentials()
            let token = try await Self.token(of: credentials, request, call, timeout: timeout)
            let wire = try self.wireRequest(request, url, token, traceFields)
            let answer = try await self.exchange(request, wire, call, timeout: timeout)
            guard answer.status == 401, credentials.mayChange else { return answer }
            // The runtime did nothing, so the call may be sent again with another token.
            let next = try await Self.token(of: credentials, request, call, timeout: timeout)
            guard next != token else { return answer }
            let again = try self.wireRequest(request, url, next, traceFields)
            return try await self.exchange(request, again, call, timeout: timeout)
        }
    }

    /// The token for a call.
    ///
    /// - Throws: ``AgentRuntimeError``, `CancellationError`.
    private static func token(
        of credentials: RuntimeCredentials,
        _ request: ControlRequest,
        _ call: ControlCall,
        timeout: Duration
    ) async throws -> String? {
        guard credentials.mayChange else { return credentials.fixedToken }
        call.begin(.asking)
        // A task of its own, because the end of the call must reach the closure. It ends before this returns.
        let asking = Task { try await credentials.token() }
        call.onEnd { asking.cancel() }
        defer { call.onEnd(nil) }
        do {
            return try await asking.value
        } catch {
            if let end = call.end { throw Self.error(end, request, timeout: timeout, .asking, wasWritten: false) }
            throw error
        }
    }

    /// Waits, as a member of the barrier.
    ///
    /// - Throws: `CancellationError`, or ``AgentRuntimeError`` with `clientClosed`.
    func pause(_ duration: Duration, before request: ControlRequest) async throws {
        try await self.asMember(request, timeout: nil) { call in
            let over = Promise<Void>()
            call.begin(.pausing)
            let timer = self.timers.schedule(after: duration) { over.resolve(()) }
            defer { timer.cancel() }
            call.onEnd { over.resolve(()) }
            await over.wait()
            if let end = call.end { throw Self.error(end, request, timeout: duration, .pausing, wasWritten: false) }
        }
    }

    private func asMember<Value>(
        _ request: ControlRequest,
        timeout: Duration?,
        _ body: (ControlCall) async throws -> Value
    ) async throws -> Value {
        let call = ControlCall()
        guard let member = self.membership.register({ call.end(.closed) }) else {
            throw AgentRuntimeError(closed: request, isRunning: false)
        }
        defer { self.membership.leave(member) }
        let timer = timeout.map { self.timers.schedule(after: $0) { call.end(.timedOut) } }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await body(call)
        } onCancel: {
            call.end(.cancelled)
        }
    }

    // MARK: The exchange

    private func exchange(
        _ request: ControlRequest,
        _ wire: ControlWireRequest,
        _ call: ControlCall,
        timeout: Duration
    ) async throws -> ControlAnswer {
        call.begin(.waiting)
        var kept: ControlConnectionPool.Lease?
        switch await self.pool.take(for: call) {
        case .use(let lease): kept = lease
        case .dial: break
        case .refused: throw AgentRuntimeError(closed: request, isRunning: true)
        case .cancelled: throw Self.error(call.end ?? .closed, request, timeout: timeout, .waiting, wasWritten: false)
        }
        if let lease = kept {
            do throws(ControlFailure) {
                return try await self.exchange(wire, on: lease, call)
            } catch {
                guard call.end == nil, Self.canBeSentAgain(request, after: error) else {
                    self.pool.giveBack()
                    throw self.error(error, request, call, timeout: timeout)
                }
            }
        }
        return try await self.exchangeOnNewConnection(request, wire, call, timeout: timeout)
    }

    /// Dials and sends the request; the caller has a permit, which is returned here.
    private func exchangeOnNewConnection(
        _ request: ControlRequest,
        _ wire: ControlWireRequest,
        _ call: ControlCall,
        timeout: Duration
    ) async throws -> ControlAnswer {
        let lease: ControlConnectionPool.Lease
        do {
            lease = self.pool.adopt(try await self.dial(call))
        } catch {
            self.pool.giveBack()
            if let end = call.end { throw Self.error(end, request, timeout: timeout, .connecting, wasWritten: false) }
            // The dial saw that the task was cancelled before the call did.
            if error is CancellationError { throw error }
            throw (error as? AgentRuntimeError) ?? AgentRuntimeError(dialling: error)
        }
        do throws(ControlFailure) {
            return try await self.exchange(wire, on: lease, call)
        } catch {
            self.pool.giveBack()
            throw self.error(error, request, call, timeout: timeout)
        }
    }

    private func dial(_ call: ControlCall) async throws -> any ControlConnection {
        call.begin(.connecting)
        let dial = try self.transport.dial()
        call.onEnd { dial.cancel() }
        defer { call.onEnd(nil) }
        return try await dial.connect()
    }

    /// Sends the request on a connection; if it succeeds, the permit is returned, otherwise the connection is closed.
    private func exchange(
        _ wire: ControlWireRequest,
        on lease: ControlConnectionPool.Lease,
        _ call: ControlCall
    ) async throws(ControlFailure) -> ControlAnswer {
        call.begin(.exchanging)
        let connection = lease.connection
        call.onEnd {
            #if RED_CONTROLS
            if RedControl.isActive(.callNotAborted) { return }
            #endif
            connection.abort()
        }
        let outcome: (answer: ControlAnswer, keepsConnection: Bool)
        do throws(ControlFailure) {
            outcome = try await connection.exchange(wire, limits: self.limits)
        } catch {
            call.onEnd(nil)
            #if RED_CONTROLS
            if RedControl.isActive(.failedCallKeepsPermit) { self.pool.takePermitForEver() }
            #endif
            await connection.close()
            throw error
        }
        call.onEnd(nil)
        if outcome.keepsConnection {
            await self.pool.giveBack(lease)
        } else {
            await connection.close()
            self.pool.giveBack()
        }
        return outcome.answer
    }

    /// Whether a request that failed on a kept connection may be sent on a new one.
    private static func canBeSentAgain(_ request: ControlRequest, after failure: ControlFailure) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.unknownCallSentAgain) { return failure.isStale }
        if RedControl.isActive(.staleConnectionNotReplaced) { return false }
        #endif
        return failure.isStale && (request.isIdempotent || !failure.wasWritten)
    }

    // MARK: Errors

    private func error(
        _ failure: ControlFailure,
        _ request: ControlRequest,
        _ call: ControlCall,
        timeout: Duration
    ) -> any Error {
        guard let end = call.end else {
            return AgentRuntimeError(failing: request, failure, limit: self.limits.successBytes)
        }
        return Self.error(end, request, timeout: timeout, call.step, wasWritten: failure.wasWritten)
    }

    private static func error(
        _ end: ControlCall.End,
        _ request: ControlRequest,
        timeout: Duration,
        _ step: ControlCall.Step,
        wasWritten: Bool
    ) -> any Error {
        switch end {
        case .cancelled: CancellationError()
        case .closed: AgentRuntimeError(closed: request, isRunning: true)
        case .timedOut: AgentRuntimeError(timingOut: request, after: timeout, step, wasWritten: wasWritten)
        }
    }

    // MARK: The head

    private func wireRequest(
        _ request: ControlRequest,
        _ url: WebSocketURL,
        _ token: String?,
        _ traceFields: HTTPFields
    ) throws -> ControlWireRequest {
        var fields = try self.fields(token)
        if !traceFields.isEmpty { fields.append(trace: traceFields) }
        return try Self.wireRequest(request, url: url, fields: fields)
    }

    /// The request with all its fields.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if a field can't be sent.
    private static func wireRequest(
        _ request: ControlRequest,
        url: WebSocketURL,
        fields: HTTPFields
    ) throws(AgentRuntimeError) -> ControlWireRequest {
        var all: HTTPFields = ["Host": url.hostField]
        if !fields.contains("Accept") { all.append(name: "Accept", value: "application/json") }
        for field in fields where !Self.isAboutBody(field.name) { all.append(name: field.name, value: field.value) }
        if request.body != nil { all.append(name: "Content-Type", value: "application/json") }
        if request.method == .post { all.append(name: "Content-Length", value: "\(request.body?.count ?? 0)") }
        do throws(HandshakeError) {
            try all.validate()
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, "Nothing was sent: \(error.message)", cause: error)
        }
        return ControlWireRequest(method: request.method.rawValue, target: url.target, fields: all, body: request.body)
    }

    /// Whether a field says something about the body, which only we know.
    private static func isAboutBody(_ name: String) -> Bool {
        ["content-type", "content-length", "transfer-encoding", "host", "connection"].contains(name.lowercased())
    }
}

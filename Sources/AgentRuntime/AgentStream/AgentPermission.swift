import ConcurrencyPrimitives
public import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// A permission request of the agent, and the way to answer it; the agent waits for the answer.
///
/// Make it of an event by ``AgentStream/permission(_:)``, or find those that wait by
/// ``AgentStream/listPermissions(timeout:)``. All values for one request on one stream know whether it was answered.
public struct AgentPermission: Sendable {
    /// The request.
    public let request: AgentPermissionRequest
    let stream: AgentStream

    /// Answers the request (`agent.permissions.resolve`).
    ///
    /// - Parameters:
    ///   - choice: The answer: one of `AgentPermissionRequest.options`.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: What became of the request.
    /// - Throws: ``AgentRuntimeError`` with `permissionOptionNotOffered` (nothing is sent), `permissionAlreadyAnswered`
    ///   (nothing is sent if the answer was given or is being given on this stream), `permissionStale` (the agent no
    ///   longer waits), `permissionNotFound`, or the errors of ``AgentStream/request(_:timeout:)``. After
    ///   `deliveryUnknown` you may answer again: the server then says whether the first answer has arrived.
    @discardableResult
    public func respond(option choice: String, timeout: Duration? = nil) async throws -> AgentPermissionResolution {
        #if RED_CONTROLS
        let isOffered = RedControl.isActive(.agentOptionNotChecked) || self.offers(choice)
        #else
        let isOffered = self.offers(choice)
        #endif
        guard isOffered else {
            let offered = self.request.options.map(\.optionID).joined(separator: ", ")
            let message = "\(choice) is not an answer to the permission request; possible are: \(offered)."
            throw AgentRuntimeError(
                .permissionOptionNotOffered,
                message,
                cause: AgentRuntimeError.RequestFate.notSent
            )
        }
        return try await self.answer(
            .resolvePermission(
                requestID: self.request.requestID,
                pendingID: self.request.pendingID,
                optionID: choice
            ),
            timeout
        )
    }

    /// Answers the request with one of its options; see ``respond(option:timeout:)-(String,_)``.
    ///
    /// - Parameters:
    ///   - choice: The answer.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: What became of the request.
    /// - Throws: The errors of ``respond(option:timeout:)-(String,_)``.
    @discardableResult
    public func respond(option choice: AgentPermissionOption, timeout: Duration? = nil) async throws
        -> AgentPermissionResolution
    {
        try await self.respond(option: choice.optionID, timeout: timeout)
    }

    /// Ends the request without an answer (`agent.permissions.cancel`); the event `permission_cancelled` follows.
    ///
    /// - Parameter timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: What became of the request.
    /// - Throws: The errors of ``respond(option:timeout:)-(String,_)``.
    @discardableResult
    public func cancel(timeout: Duration? = nil) async throws -> AgentPermissionResolution {
        try await self.answer(
            .cancelPermission(requestID: self.request.requestID, pendingID: self.request.pendingID),
            timeout
        )
    }

    private func offers(_ choice: String) -> Bool { self.request.options.contains { $0.optionID == choice } }

    private func answer(
        _ request: AgentRequest<AgentPermissionResolution>,
        _ timeout: Duration?
    ) async throws -> AgentPermissionResolution {
        let answers = self.stream.answers
        try answers.begin(self.request.requestID)
        do {
            let resolution = try await self.stream.request(request, timeout: timeout)
            answers.end(self.request.requestID, isAnswered: true)
            return resolution
        } catch {
            let code = (error as? AgentRuntimeError)?.code
            answers.end(self.request.requestID, isAnswered: code == .permissionAlreadyAnswered)
            throw error
        }
    }
}

/// The permission requests that were answered on one stream, or are being answered.
final class AgentPermissionAnswers: Sendable {
    /// The number of answered requests that are remembered; for older ones only the server knows.
    static let limit = 1024

    private struct State {
        var underWay: Set<String> = []
        var answered: Set<String> = []
        var order: [String] = []
    }

    private let state = Locked(State())

    /// - Throws: ``AgentRuntimeError`` with `permissionAlreadyAnswered`.
    func begin(_ id: String) throws(AgentRuntimeError) {
        let isFirst = self.state.withLock { state in
            #if RED_CONTROLS
            if RedControl.isActive(.agentPermissionAnsweredTwice) { return true }
            #endif
            return !state.answered.contains(id) && state.underWay.insert(id).inserted
        }
        guard isFirst else {
            let message = "The permission request was answered on this stream before, or is being answered."
            throw AgentRuntimeError(
                .permissionAlreadyAnswered,
                message,
                cause: AgentRuntimeError.RequestFate.notSent
            )
        }
    }

    func end(_ id: String, isAnswered: Bool) {
        self.state.withLock { state in
            state.underWay.remove(id)
            guard isAnswered, state.answered.insert(id).inserted else { return }
            state.order.append(id)
            if state.order.count > Self.limit { state.answered.remove(state.order.removeFirst()) }
        }
    }
}

extension AgentStream {
    /// The permission request of an event, with the way to answer it.
    ///
    /// - Parameter event: The event.
    /// - Returns: The permission request; nil if the event is another one.
    public func permission(_ event: AgentEvent) -> AgentPermission? {
        guard case .permissionRequest(let request) = event.content else { return nil }
        return AgentPermission(request: request, stream: self)
    }

    /// Finds the permission requests that wait for an answer (`agent.permissions.list`).
    ///
    /// They survive the end of a stream, but do not come again as events on the next one.
    ///
    /// - Parameter timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The requests, in the order of the server; `AgentPermissionRequest.actionDetails` has the `action`
    ///   of the list, which differs a little from that of the event.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func listPermissions(timeout: Duration? = nil) async throws -> [AgentPermission] {
        let list = try await self.request(.listPermissions(), timeout: timeout)
        return list.permissions.map { AgentPermission(request: AgentPermissionRequest($0), stream: self) }
    }

    /// Answers a permission request of which only the place in agentctl's list is known
    /// (`agent.permissions.respond`).
    ///
    /// It is the older form. The errors of the server do not say why.
    ///
    /// - Parameters:
    ///   - pendingID: The place in agentctl's list.
    ///   - optionID: The answer; nil ends the request without one.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func respondToPermission(pendingID: String, optionID: String?, timeout: Duration? = nil) async throws {
        try await self.succeed(.respondToPermission(pendingID: pendingID, optionID: optionID), timeout)
    }
}

extension AgentPermissionRequest {
    /// The request as an event would have it.
    init(_ pending: AgentPendingPermission) {
        self.init()
        self.toolCallID = pending.toolCallID
        (self.requestID, self.pendingID) = (pending.requestID, pending.pendingID)
        (self.title, self.options) = (pending.title, pending.options)
        self.actionType = pending.action?["type"]?.string ?? ""
        self.actionDetails = pending.action
    }
}

import WebSocketProtocol
public import WorkspaceProtocol

/// What is known of a request that failed: whether the runtime has it.
@nonexhaustive public enum AgentRequestCertainty: Sendable, Hashable {
    /// It was not sent, and will not be: it is safe to send it again.
    case notSent
    /// It may have been sent, and nobody knows what the agent did: to send it again could do it twice.
    case unknown
    /// The server has answered, and refused it.
    case refused
}

extension AgentRuntimeError {
    /// What is known of the request that failed; nil if the error is not about a request of an agent stream.
    ///
    /// It is never a guess: it is `notSent` only if the writer has not taken the request. A `CancellationError` says
    /// nothing: the request of a caller that was cancelled may have been sent.
    public var requestCertainty: AgentRequestCertainty? {
        if let fate = self.cause as? RequestFate { return fate.certainty }
        guard self.serverError == nil else { return .refused }
        return self.code == .invalidAnswer ? .unknown : nil
    }

    /// The error with which the server answered a request; nil if there is none.
    public var serverError: AgentServerError? { self.cause as? AgentServerError }

    /// The cause of the errors of requests that have no answer.
    struct RequestFate: Error {
        let certainty: AgentRequestCertainty

        static let notSent = Self(certainty: .notSent)
        static let unknown = Self(certainty: .unknown)
    }

    package static func requestNotSent(_ action: AgentAction) -> Self {
        Self(.streamClosed, "The stream is closed or closing; \(action) was not sent.", cause: RequestFate.notSent)
    }

    static func requestNotSent(_ action: AgentAction, within timeout: Duration) -> Self {
        let message = "\(action) was not sent within \(timeout): other requests or commands are before it."
        return Self(.timedOut, message, cause: RequestFate.notSent)
    }

    package static func notConnected(_ action: AgentAction, within timeout: Duration) -> Self {
        let message = "\(action) was not sent within \(timeout): the agent stream was not open."
        return Self(.timedOut, message, cause: RequestFate.notSent)
    }

    static func noAnswer(_ action: AgentAction) -> Self {
        let message = "The stream ended before the answer to \(action); the agent may have it."
        return Self(.deliveryUnknown, message, cause: RequestFate.unknown)
    }

    static func noAnswer(_ action: AgentAction, within timeout: Duration) -> Self {
        let message = "No answer to \(action) came within \(timeout); the agent may have it."
        return Self(.deliveryUnknown, message, cause: RequestFate.unknown)
    }

    static func answerHeldBack(_ action: AgentAction, _ fate: RequestFate) -> Self {
        let message = "The events before the answer to \(action) are too many, and nobody takes them."
        return Self(.answerHeldBack, message, cause: fate)
    }

    static func invalidAnswer(_ action: AgentAction, _ error: WorkspaceProtocolError) -> Self {
        Self(.invalidAnswer, "The answer to \(action) can't be read: \(error.message)", cause: error)
    }

    /// Makes the error for a request that the server has refused.
    init(refusing action: AgentAction, _ error: AgentServerError) {
        let code: Code =
            switch error.permissionCode {
            case .stale?: .permissionStale
            case .alreadyResolved?, .resolutionInProgress?: .permissionAlreadyAnswered
            case .optionNotOffered?: .permissionOptionNotOffered
            case .notFound?: .permissionNotFound
            default: .requestRefused
            }
        let message = PeerText(body: Array(error.message.utf8), limit: 2000).description
        self.init(code, "The server refused \(action), \(error.code): \(message)", cause: error)
    }

    /// Makes the error for an answer that says that the request was not done.
    init(failing action: AgentAction, _ text: String?) {
        let error = AgentServerError(.internalError, text ?? "no reason")
        self.init(refusing: action, error)
    }
}

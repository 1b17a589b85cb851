import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

// The errors of control calls; those of the dial are the same as for streams.
extension AgentRuntimeError {
    /// The answer that refused a control call; nil for other errors.
    public var controlRefusal: ControlRefusal? { self.cause as? ControlRefusal }

    /// The runtime refused a call.
    init(refusing request: ControlRequest, _ refusal: ControlRefusal) {
        let told = "\(request.name) was refused with status \(refusal.status)."
        switch refusal.status {
        case 401:
            self.init(.unauthorized, "The runtime does not accept the token.\(refusal.text)", cause: refusal)
        case 404 where ControlRefusal.errorBody(refusal.body)?.isRecycledPort == true:
            let port = ControlRefusal.errorBody(refusal.body)
            self.init(
                .instanceGone,
                Self.goneMessage(expected: port?.expectedID, got: port?.gotID),
                instance: Instance(expectedID: port?.expectedID, gotID: port?.gotID, hint: port?.portReuseHint),
                cause: refusal
            )
        case 300...399:
            let location = refusal.redirectLocation.map { " It says to go to \(PeerText(url: $0))." } ?? ""
            self.init(.refused, "\(told) Redirects are not followed.\(location)", cause: refusal)
        default:
            let when = refusal.retryAfter.map { " It says to try again after \($0.components.seconds) s." } ?? ""
            self.init(.refused, "\(told)\(refusal.text)\(when)", cause: refusal)
        }
    }

    private static func goneMessage(expected: String?, got: String?) -> String {
        let gone = got.map { PeerText(body: Array($0.utf8)).description } ?? "?"
        let owner = expected.map { PeerText(body: Array($0.utf8)).description } ?? "another one"
        return "Instance \(gone) is gone; its port now belongs to \(owner)."
    }

    /// A call got no answer, and nobody ended it.
    init(failing request: ControlRequest, _ failure: ControlFailure, limit: Int) {
        switch failure.reason {
        case .tooLarge:
            let message = """
                The answer to \(request.name) is larger than the limit of \(limit) bytes, \
                which is that of messages of the connection.
                """
            self.init(.answerTooLarge, message, cause: failure)
        case .violation(let problem):
            self.init(.protocolViolation, "\(request.name): the server broke HTTP: \(problem).", cause: failure)
        case .ended(let reason):
            if let error = failure.cause as? WebSocketError {
                self.init(dialling: error)
                return
            }
            let moment = failure.hasAnswerBegun ? "in the middle of its answer" : "before the answer"
            let told = "\(request.name): \(reason) \(moment)."
            self.init(lost: request, told, isPerhapsDone: failure.wasWritten, otherwise: .connectionLost, failure)
        }
    }

    /// The time of a call was over.
    init(timingOut request: ControlRequest, after timeout: Duration, _ step: ControlCall.Step, wasWritten: Bool) {
        let told = "\(request.name): no answer within \(timeout); the time was over \(step.rawValue)."
        self.init(lost: request, told, isPerhapsDone: wasWritten, otherwise: .timedOut, nil)
    }

    private init(
        lost request: ControlRequest,
        _ told: String,
        isPerhapsDone: Bool,
        otherwise code: Code,
        _ cause: (any Error)?
    ) {
        #if RED_CONTROLS
        let isPerhapsDone = isPerhapsDone && !RedControl.isActive(.unknownCallToldLost)
        #endif
        guard isPerhapsDone, !request.isIdempotent else {
            self.init(code, told, cause: cause)
            return
        }
        self.init(.deliveryUnknown, "\(told) The runtime may have done it or not.", cause: cause)
    }

    /// The answer is not what the runtime should send.
    init(reading request: ControlRequest, _ problem: String, cause: any Error) {
        self.init(.unexpectedAnswer, "The answer to \(request.name) can't be read: \(problem)", cause: cause)
    }

    /// A call on a closed client, or one that the close has ended.
    init(closed request: ControlRequest, isRunning: Bool) {
        let told = isRunning ? "was ended, because the client was closed" : "was not sent: the client is closed"
        self.init(.clientClosed, "\(request.name) \(told).")
    }
}

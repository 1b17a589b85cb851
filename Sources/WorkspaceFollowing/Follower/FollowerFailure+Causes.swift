import AgentRuntime
import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// The table of docs/FOLLOWING.md: which failures another attempt can mend.
extension FollowerFailure {
    /// The source of the endpoint has failed.
    init(asking error: any Error) {
        let known = error as? AgentRuntimeError
        self.init(
            .source,
            error: known,
            description: "the source of the endpoint failed: \(known?.message ?? "\(error)")",
            // Another error says nothing about the next attempt.
            retry: known?.retry ?? .backOff
        )
    }

    /// A dial has failed.
    init(dialling error: any Error) {
        let known = error as? AgentRuntimeError
        let retry: RetryAdvice =
            switch known?.code {
            // All streams of a client that is shared were closed; the follower is still wanted.
            case .closedWhileDialling?: .backOff
            case nil: .backOff
            default: known?.retry ?? .backOff
            }
        self.init(.dial, error: known, description: known?.message ?? "\(error)", retry: retry)
    }

    /// A stream has ended; nil if its client was closed, so that the follower must end, too.
    ///
    /// - Parameters:
    ///   - end: How it ended.
    ///   - attachesAgain: Whether we have ended it, to attach again.
    init?(ending end: StreamEnd, attachesAgain: Bool) {
        switch end.reason {
        case .closedByClient: return nil
        case .closed, .aborted:
            if attachesAgain {
                self.init(
                    .reattach,
                    description: "a shell was started after the stream had attached, or the runtime has moved",
                    retry: .now
                )
            } else {
                self.init(.stream, description: "the stream was closed", retry: .backOff)
            }
        case .closedByServer(let closure):
            let code = end.closeCode
            // agentctl never closes. A gateway that does so with 1000 or 1001 says nothing about the workspace.
            let isOrdinary = code == nil || code == .normalClosure || code == .goingAway
            self.init(
                .closedByServer,
                closeCode: code,
                description: end.description,
                retry: isOrdinary ? .backOff : end.retry
            )
            self.closure = closure
        case .failed(let error): self.init(.stream, error: error, description: error.message, retry: error.retry)
        @unknown default: self.init(.stream, description: end.description, retry: end.retry)
        }
    }

    /// There is no runtime to dial; not reached, because a dial follows an answer of the source.
    static var noRuntime: Self { Self(.dial, description: "there is no runtime", retry: .backOff) }
}

extension Error {
    /// Whether the client of the caller was closed, which closes its followers.
    var closesFollower: Bool { (self as? AgentRuntimeError)?.code == .clientClosed }
}

extension FollowedEndpoint {
    /// Host and port, or the path of a Unix socket: what shares a bound of dials.
    ///
    /// The path of the URL does not count: behind one gateway, many workspaces have the same host.
    var authority: String {
        #if RED_CONTROLS
        if RedControl.isActive(.dialsCountedByPath) { return self.endpoint.baseURL.description }
        #endif
        return self.endpoint.baseURL.socketPath ?? self.endpoint.baseURL.hostField
    }
}

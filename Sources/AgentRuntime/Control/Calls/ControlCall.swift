import ConcurrencyPrimitives

/// One control call from its start to its end: what ends it early, and how the current step is told.
final class ControlCall: Sendable {
    /// What ended a call before it had its answer.
    enum End: Sendable {
        /// The caller's task was cancelled.
        case cancelled
        /// Its time was over.
        case timedOut
        /// The client was closed.
        case closed
    }

    /// What the call is doing, for the message of an error.
    enum Step: String, Sendable {
        case asking = "while it waited for its token"
        case waiting = "while it waited for a free connection"
        case connecting = "while it was connecting"
        case exchanging = "while it waited for the answer"
        case pausing = "between two attempts"
    }

    private struct State {
        var end: End?
        var step = Step.waiting
        var hook: (@Sendable () -> Void)?
    }

    private let state = Locked(State())

    /// What ended the call; nil while it goes on.
    var end: End? { self.state.withLock { $0.end } }

    /// What the call is doing, or was doing when it ended.
    var step: Step { self.state.withLock { $0.step } }

    /// Ends the call; only the first end counts.
    ///
    /// The current step is told, outside the lock. From any thread.
    func end(_ end: End) {
        let hook = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard state.end == nil else { return nil }
            state.end = end
            return state.hook.take()
        }
        hook?()
    }

    /// A step begins; later ends do not change it.
    func begin(_ step: Step) {
        self.state.withLock { state in
            if state.end == nil { state.step = step }
        }
    }

    /// Sets what tells the current step that the call ends; it is called at most once, at once if the call has ended.
    ///
    /// - Parameter hook: Must not wait; nil after the step.
    func onEnd(_ hook: (@Sendable () -> Void)?) {
        let isOver = self.state.withLock { state in
            if state.end == nil { state.hook = hook }
            return state.end != nil
        }
        if isOver { hook?() }
    }
}

import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// Whether a client has begun to talk to its agent; shared by all agent streams of the client.
///
/// agentctl never answers a second `agent.initialize`, nor the `agent.session.new` after it. So a client sends it once
/// for each start of the agent. It also numbers the prompts of the client.
final class AgentInitialization: Sendable {
    private struct State {
        var isDone = false
        var lastGeneration: Int64 = 0
    }

    private let state = Locked(State())

    /// A caller wants to initialize.
    ///
    /// - Parameter isNewAgent: Whether the agent was started anew.
    /// - Throws: ``AgentRuntimeError`` with `alreadyInitialized`.
    func begin(isNewAgent: Bool) throws(AgentRuntimeError) {
        let mayBegin = self.state.withLock { state in
            defer { state.isDone = true }
            #if RED_CONTROLS
            if RedControl.isActive(.agentInitializedTwice) { return true }
            #endif
            return isNewAgent || !state.isDone
        }
        guard mayBegin else {
            let message = "This client has initialized its agent; agentctl would not answer a second time."
            throw AgentRuntimeError(.alreadyInitialized, message, cause: AgentRuntimeError.RequestFate.notSent)
        }
    }

    /// The agent was not initialized: the request was not sent, or was refused.
    func wasRefused() { self.state.withLock { $0.isDone = false } }

    /// The process of the agent has ended.
    func agentEnded() { self.state.withLock { $0.isDone = false } }

    /// Goes on with what another client of the same instance knows.
    func goOn(from other: AgentInitialization) {
        let known = other.state.withLock { $0 }
        self.state.withLock { state in
            state.isDone = state.isDone || known.isDone
            state.lastGeneration = max(state.lastGeneration, known.lastGeneration)
        }
    }

    /// A number for a prompt, larger than all before it; the first one is the current time in milliseconds.
    func nextGeneration() -> Int64 {
        self.state.withLock { state in
            state.lastGeneration = max(state.lastGeneration + 1, UnixClock.milliseconds())
            return state.lastGeneration
        }
    }
}

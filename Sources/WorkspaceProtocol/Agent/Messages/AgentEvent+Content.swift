extension AgentEvent {
    /// What an event says.
    ///
    /// Source: `/api/v1/agent/stream`; each case names the `type` on the wire.
    @nonexhaustive public enum Content: Sendable, Hashable {
        /// A piece of the agent's answer (`message_chunk`).
        indirect case messageChunk(AgentMessageChunk)

        /// What became of a tool call (`tool_update`).
        indirect case toolUpdate(AgentToolCall)

        /// What the agent thinks (`reasoning`).
        indirect case reasoning(AgentReasoning)

        /// The beginning of a tool call (`tool_call`).
        indirect case toolCall(AgentToolCall)

        /// The agent's plan (`plan`).
        indirect case plan(AgentPlan)

        /// The agent's plan as a document (`agent_plan`).
        indirect case agentPlan(AgentPlanDocument)

        /// The end of a turn (`complete`).
        indirect case complete(AgentCompletion)

        /// An error of the agent, or the end of its process (`error`).
        indirect case error(AgentFailure)

        /// The agent asks for a permission (`permission_request`).
        indirect case permissionRequest(AgentPermissionRequest)

        /// A permission request that needs no answer any more (`permission_cancelled`).
        indirect case permissionCancelled(AgentPermissionCancellation)

        /// A session has begun (`session_status`).
        indirect case sessionStatus(AgentSessionStatus)

        /// How full the agent's context is (`context_window`).
        indirect case contextWindow(AgentContextWindow)

        /// The agent waits for the user (`foreground_idle`).
        indirect case foregroundIdle(AgentForegroundIdle)

        /// Work in the background has ended (`background_complete`).
        indirect case backgroundComplete(AgentBackgroundCompletion)

        /// The commands that the user can give (`available_commands`).
        indirect case availableCommands(AgentCommands)

        /// The mode in which the agent works (`session_mode`).
        indirect case sessionMode(AgentModes)

        /// The provider of the model limits the agent (`rate_limit`).
        indirect case rateLimit(AgentRateLimit)

        /// What the agent can do (`agent_capabilities`).
        indirect case agentCapabilities(AgentCapabilities)

        /// The models of a session (`session_models`).
        indirect case sessionModels(AgentModels)

        /// The session began with another model (`session_model_fallback`).
        indirect case sessionModelFallback(AgentModelFallback)

        /// The session began with another model than the profile says (`session_model_selection_warning`).
        indirect case sessionModelSelectionWarning(AgentModelWarning)

        /// What a session is about (`session_info`).
        indirect case sessionInfo(AgentSessionDescription)

        /// The agent wants the user to log in (`auth_required`).
        indirect case authRequired(AgentAuthRequirement)

        /// What became of the MCP servers of a session (`mcp_attachment`).
        indirect case mcpAttachment(AgentMCPAttachment)

        /// A message of a type that this library does not know, or a request or answer without an id.
        indirect case unknown(UnknownAgentMessage)

        /// A frame that could not be read as a message.
        indirect case malformed(MalformedMessage)
    }
}

/// A well-formed message of the agent stream whose type this library does not know.
public struct UnknownAgentMessage: Sendable, Hashable {
    /// The `type` of the message.
    public var type: AgentEventType

    /// The whole frame as it was received.
    public var rawText: String

    /// Creates an unknown message.
    ///
    /// - Parameters:
    ///   - type: The `type` of the message.
    ///   - rawText: The whole frame, a JSON object with that `type`.
    public init(type: AgentEventType, rawText: String) { (self.type, self.rawText) = (type, rawText) }
}

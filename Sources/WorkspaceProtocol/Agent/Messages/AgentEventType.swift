/// The `type` of an agent event; an open set: an unknown value is kept as it is.
public struct AgentEventType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// A frame that could not be read; agentctl has no such type.
    public static let malformed = Self(rawValue: "malformed")

    /// A piece of the agent's answer.
    public static let messageChunk = Self(rawValue: "message_chunk")

    /// What became of a tool call.
    public static let toolUpdate = Self(rawValue: "tool_update")

    /// What the agent thinks.
    public static let reasoning = Self(rawValue: "reasoning")

    /// The beginning of a tool call.
    public static let toolCall = Self(rawValue: "tool_call")

    /// The agent's plan.
    public static let plan = Self(rawValue: "plan")

    /// The agent's plan as a document.
    public static let agentPlan = Self(rawValue: "agent_plan")

    /// The end of a turn.
    public static let complete = Self(rawValue: "complete")

    /// An error of the agent, or the end of its process.
    public static let error = Self(rawValue: "error")

    /// The agent asks for a permission.
    public static let permissionRequest = Self(rawValue: "permission_request")

    /// A permission request that needs no answer any more.
    public static let permissionCancelled = Self(rawValue: "permission_cancelled")

    /// A session has begun.
    public static let sessionStatus = Self(rawValue: "session_status")

    /// How full the agent's context is.
    public static let contextWindow = Self(rawValue: "context_window")

    /// The agent waits for the user.
    public static let foregroundIdle = Self(rawValue: "foreground_idle")

    /// Work in the background has ended.
    public static let backgroundComplete = Self(rawValue: "background_complete")

    /// The commands that the user can give.
    public static let availableCommands = Self(rawValue: "available_commands")

    /// The mode in which the agent works.
    public static let sessionMode = Self(rawValue: "session_mode")

    /// The provider of the model limits the agent.
    public static let rateLimit = Self(rawValue: "rate_limit")

    /// What the agent can do.
    public static let agentCapabilities = Self(rawValue: "agent_capabilities")

    /// The models of a session.
    public static let sessionModels = Self(rawValue: "session_models")

    /// The session began with another model.
    public static let sessionModelFallback = Self(rawValue: "session_model_fallback")

    /// The session began with another model than the profile says.
    public static let sessionModelSelectionWarning = Self(rawValue: "session_model_selection_warning")

    /// What a session is about.
    public static let sessionInfo = Self(rawValue: "session_info")

    /// The agent wants the user to log in.
    public static let authRequired = Self(rawValue: "auth_required")

    /// What became of the MCP servers of a session.
    public static let mcpAttachment = Self(rawValue: "mcp_attachment")
}

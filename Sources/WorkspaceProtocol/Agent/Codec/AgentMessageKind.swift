/// The types of messages that this library knows; they are looked for in this order, so the frequent ones are first.
enum AgentMessageKind: CaseIterable {
    case messageChunk
    case toolUpdate
    case reasoning
    case toolCall
    case plan
    case agentPlan
    case complete
    case error
    case permissionRequest
    case permissionCancelled
    case sessionStatus
    case contextWindow
    case foregroundIdle
    case backgroundComplete
    case availableCommands
    case sessionMode
    case rateLimit
    case agentCapabilities
    case sessionModels
    case sessionModelFallback
    case sessionModelSelectionWarning
    case sessionInfo
    case authRequired
    case mcpAttachment
    case response
    case request
    case notification

    var name: StaticString {
        switch self {
        case .messageChunk: "message_chunk"
        case .toolUpdate: "tool_update"
        case .reasoning: "reasoning"
        case .toolCall: "tool_call"
        case .plan: "plan"
        case .agentPlan: "agent_plan"
        case .complete: "complete"
        case .error: "error"
        case .permissionRequest: "permission_request"
        case .permissionCancelled: "permission_cancelled"
        case .sessionStatus: "session_status"
        case .contextWindow: "context_window"
        case .foregroundIdle: "foreground_idle"
        case .backgroundComplete: "background_complete"
        case .availableCommands: "available_commands"
        case .sessionMode: "session_mode"
        case .rateLimit: "rate_limit"
        case .agentCapabilities: "agent_capabilities"
        case .sessionModels: "session_models"
        case .sessionModelFallback: "session_model_fallback"
        case .sessionModelSelectionWarning: "session_model_selection_warning"
        case .sessionInfo: "session_info"
        case .authRequired: "auth_required"
        case .mcpAttachment: "mcp_attachment"
        case .response: "response"
        case .request: "request"
        case .notification: "notification"
        }
    }
}

extension JSONScanner {
    /// Reads the type of a message that begins as agentctl writes it; reads nothing if the type is not one of the
    /// frequent ones.
    @inline(__always) mutating func consumeFrequentAgentKind() -> AgentMessageKind? {
        let start = self.offset &+ 1
        guard self.byte(at: self.offset) == UInt8(ascii: "\""), let block = self.fullStringBlock(at: start) else {
            return nil
        }
        // Names are ASCII, so no text with other characters is equal to one.
        let count = block.stops.trailingZeroBitCount
        guard count <= JSONShortText.capacity, self.byte(at: start &+ count) == UInt8(ascii: "\"") else { return nil }
        let kind: AgentMessageKind
        switch self.shortText(at: start, count: count) {
        case JSONShortText("message_chunk"): kind = .messageChunk
        case JSONShortText("tool_update"): kind = .toolUpdate
        case JSONShortText("reasoning"): kind = .reasoning
        case JSONShortText("tool_call"): kind = .toolCall
        default: return nil
        }
        self.offset = start &+ count &+ 1
        return kind
    }

    /// The kind that a literal names; nil if it is unknown.
    mutating func agentKind(_ token: JSONStringToken) throws(JSONFailure) -> AgentMessageKind? {
        try self.validate(token)
        return AgentMessageKind.allCases.first { [self] in self.isName($0.name, token) }
    }
}

extension AgentEvent.Content {
    /// The `type` of the message.
    var type: AgentEventType {
        switch self {
        case .messageChunk: .messageChunk
        case .toolUpdate: .toolUpdate
        case .reasoning: .reasoning
        case .toolCall: .toolCall
        case .plan: .plan
        case .agentPlan: .agentPlan
        case .complete: .complete
        case .error: .error
        case .permissionRequest: .permissionRequest
        case .permissionCancelled: .permissionCancelled
        case .sessionStatus: .sessionStatus
        case .contextWindow: .contextWindow
        case .foregroundIdle: .foregroundIdle
        case .backgroundComplete: .backgroundComplete
        case .availableCommands: .availableCommands
        case .sessionMode: .sessionMode
        case .rateLimit: .rateLimit
        case .agentCapabilities: .agentCapabilities
        case .sessionModels: .sessionModels
        case .sessionModelFallback: .sessionModelFallback
        case .sessionModelSelectionWarning: .sessionModelSelectionWarning
        case .sessionInfo: .sessionInfo
        case .authRequired: .authRequired
        case .mcpAttachment: .mcpAttachment
        case .unknown(let message): message.type
        case .malformed: .malformed
        }
    }

    /// The members of the event; nil if the content holds its own text.
    var payload: (any AgentPayload)? {
        switch self {
        case .messageChunk(let payload): payload
        case .toolUpdate(let payload): payload
        case .reasoning(let payload): payload
        case .toolCall(let payload): payload
        case .plan(let payload): payload
        case .agentPlan(let payload): payload
        case .complete(let payload): payload
        case .error(let payload): payload
        case .permissionRequest(let payload): payload
        case .permissionCancelled(let payload): payload
        case .sessionStatus(let payload): payload
        case .contextWindow(let payload): payload
        case .foregroundIdle(let payload): payload
        case .backgroundComplete(let payload): payload
        case .availableCommands(let payload): payload
        case .sessionMode(let payload): payload
        case .rateLimit(let payload): payload
        case .agentCapabilities(let payload): payload
        case .sessionModels(let payload): payload
        case .sessionModelFallback(let payload): payload
        case .sessionModelSelectionWarning(let payload): payload
        case .sessionInfo(let payload): payload
        case .authRequired(let payload): payload
        case .mcpAttachment(let payload): payload
        case .unknown, .malformed: nil
        }
    }
}

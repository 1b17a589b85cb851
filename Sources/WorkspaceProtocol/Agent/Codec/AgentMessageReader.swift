/// Reads one message of the agent stream; made for one frame.
struct AgentMessageReader: ~Copyable {
    private var scanner: JSONScanner
    private let frame: JSONStringToken

    init(_ scanner: JSONScanner) {
        self.scanner = scanner
        self.frame = JSONStringToken(start: 0, end: scanner.count, isASCII: false, hasEscapes: false)
    }

    /// Reads the message.
    mutating func message() throws(JSONFailure) -> AgentStreamMessage {
        self.scanner.skipWhitespace()
        // The type decides how to read the other members, so we look for it before we read them.
        var ahead = self.scanner
        if ahead.beginsWithType {
            ahead.offset &+= 8
            if let kind = ahead.consumeFrequentAgentKind() { return try self.message(of: kind, nil) }
            ahead = self.scanner
        }
        let token = try ahead.messageType()
        if let kind = try ahead.agentKind(token) { return try self.message(of: kind, token) }
        return try self.unknown(token)
    }

    private mutating func message(
        of kind: AgentMessageKind,
        _ token: JSONStringToken?
    ) throws(JSONFailure) -> AgentStreamMessage {
        switch kind {
        case .response, .request: try self.envelope(of: kind, token)
        case .notification: try self.unknown(token)
        // Two messages have the type `error`; only the answer to a request has an action.
        case .error where try self.scanner.hasMember("action"): try self.envelope(of: kind, token)
        case .messageChunk: try self.event { .messageChunk($0) }
        case .toolUpdate: try self.event { .toolUpdate($0) }
        case .reasoning: try self.event { .reasoning($0) }
        case .toolCall: try self.event { .toolCall($0) }
        case .plan: try self.event { .plan($0) }
        case .agentPlan: try self.event { .agentPlan($0) }
        case .complete: try self.event { .complete($0) }
        case .error: try self.event { .error($0) }
        case .permissionRequest: try self.event { .permissionRequest($0) }
        case .permissionCancelled: try self.event { .permissionCancelled($0) }
        case .sessionStatus: try self.event { .sessionStatus($0) }
        case .contextWindow: try self.event { .contextWindow($0) }
        case .foregroundIdle: try self.event { .foregroundIdle($0) }
        case .backgroundComplete: try self.event { .backgroundComplete($0) }
        case .availableCommands: try self.event { .availableCommands($0) }
        case .sessionMode: try self.event { .sessionMode($0) }
        case .rateLimit: try self.event { .rateLimit($0) }
        case .agentCapabilities: try self.event { .agentCapabilities($0) }
        case .sessionModels: try self.event { .sessionModels($0) }
        case .sessionModelFallback: try self.event { .sessionModelFallback($0) }
        case .sessionModelSelectionWarning: try self.event { .sessionModelSelectionWarning($0) }
        case .sessionInfo: try self.event { .sessionInfo($0) }
        case .authRequired: try self.event { .authRequired($0) }
        case .mcpAttachment: try self.event { .mcpAttachment($0) }
        }
    }

    // MARK: Events

    /// Reads the members of an event.
    @inline(never) private mutating func event<Payload: AgentPayload>(
        _ content: (Payload) -> AgentEvent.Content
    ) throws(JSONFailure) -> AgentStreamMessage {
        var draft = AgentEventDraft<Payload>()
        try self.scanner.object(into: &draft)
        try self.scanner.finish()
        draft.payload.supports = draft.supports
        // Only one kind of event holds them; for the others agentctl always sends `false`.
        if draft.payload.supports != draft.supports { self.scanner.note(.unreadMembers) }
        return .event(AgentEvent(content(draft.payload), draft.common, source: try self.source()))
    }

    /// The frame, if it says more than its event.
    private mutating func source() throws(JSONFailure) -> WorkspaceEvent.Source? {
        guard !self.scanner.deviations.isEmpty else { return nil }
        let bytes = unsafe [UInt8](self.scanner.bytes(of: self.frame))
        return WorkspaceEvent.Source(bytes: bytes, deviations: self.scanner.deviations)
    }

    @inline(never)
    private mutating func unknown(_ token: JSONStringToken?) throws(JSONFailure) -> AgentStreamMessage {
        try self.scanner.skipValue()
        try self.scanner.finish()
        let type = try token.map { token throws(JSONFailure) in try self.scanner.value(of: token) } ?? ""
        let text = unsafe String(decoding: self.scanner.bytes(of: self.frame), as: UTF8.self)
        let message = UnknownAgentMessage(type: AgentEventType(rawValue: type), rawText: text)
        return .event(AgentEvent(.unknown(message)))
    }

    // MARK: Requests and answers

    @inline(never) private mutating func envelope(
        of kind: AgentMessageKind,
        _ token: JSONStringToken?
    ) throws(JSONFailure) -> AgentStreamMessage {
        let start = self.scanner
        var envelope = AgentEnvelope()
        try self.scanner.object(into: &envelope)
        try self.scanner.finish()
        guard let id = envelope.id else {
            self.scanner = start
            return try self.unknown(token)
        }
        let payload = envelope.payload ?? .null
        return switch kind {
        case .response: .response(AgentResponse(id: id, action: envelope.action, payload: payload))
        case .request: .request(AgentServerRequest(id: id, action: envelope.action, payload: payload))
        default: .errorResponse(AgentErrorResponse(id: id, action: envelope.action, payload: payload))
        }
    }
}

/// The members of a request or an answer.
struct AgentEnvelope: JSONReadable {
    var id: String?
    var action = AgentAction(rawValue: "")
    var payload: RawJSON?

    /// The members, in agentctl's order.
    enum Field {
        static var id: JSONField { JSONField(0, "id") }
        static var type: JSONField { JSONField(1, "type") }
        static var action: JSONField { JSONField(2, "action") }
        static var payload: JSONField { JSONField(3, "payload") }
        static var timestamp: JSONField { JSONField(4, "timestamp") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.id, in: &scanner) { self.id = try scanner.string() }
        if members.isNext(Field.type, in: &scanner) { try scanner.skipValue() }
        if members.isNext(Field.action, in: &scanner) { self.action = AgentAction(rawValue: try scanner.string()) }
        if members.isNext(Field.payload, in: &scanner) { self.payload = try scanner.rawJSON() }
        if members.isNext(Field.timestamp, in: &scanner) { try scanner.skipValue() }
    }
}

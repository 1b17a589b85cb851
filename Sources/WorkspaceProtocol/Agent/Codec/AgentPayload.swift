/// The members of one kind of agent event, beside those that every event can have.
///
/// agentctl writes all members into one object, in a fixed order: some of the payload, then `data`, more of the
/// payload, the four `supports_…`, and the rest. So a payload is read and written in three parts.
protocol AgentPayload: Sendable, Hashable {
    /// All members at zero.
    init()

    /// The value of the four `supports_…`; only one kind of event keeps it.
    var supports: AgentSupports { get set }

    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
    func writeFront(to writer: inout JSONWriter)
    func writeMiddle(to writer: inout JSONWriter)
    func writeBack(to writer: inout JSONWriter)
}

extension AgentPayload {
    @inline(__always) var supports: AgentSupports {
        get { [] }
        set {}
    }
    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {}
    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {}
    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {}
    func writeFront(to writer: inout JSONWriter) {}
    func writeMiddle(to writer: inout JSONWriter) {}
    func writeBack(to writer: inout JSONWriter) {}
}

/// The four `supports_…` of an event.
struct AgentSupports: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let images = Self(rawValue: 1)
    static let audio = Self(rawValue: 2)
    static let embeddedContext = Self(rawValue: 4)
    static let promptQueueing = Self(rawValue: 8)
}

/// The members that every event can have; the fields of a payload have the numbers from 10 on.
enum AgentMember {
    static var type: JSONField { JSONField(0, "type") }
    static var sessionID: JSONField { JSONField(1, "session_id") }
    static var operationID: JSONField { JSONField(2, "operation_id") }
    static var promptGeneration: JSONField { JSONField(3, "prompt_generation") }
    static var turnID: JSONField { JSONField(4, "turn_id") }
    static var data: JSONField { JSONField(5, "data") }
    static var supportsImages: JSONField { JSONField(6, "supports_image") }
    static var supportsAudio: JSONField { JSONField(7, "supports_audio") }
    static var supportsEmbeddedContext: JSONField { JSONField(8, "supports_embedded_context") }
    static var supportsPromptQueueing: JSONField { JSONField(9, "supports_prompt_queueing") }
}

/// An event whose members are being read; its type is known.
struct AgentEventDraft<Payload: AgentPayload>: JSONReadable {
    var payload = Payload()
    var common = AgentEvent.Common()
    var supports: AgentSupports = []

    @inline(__always)
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(AgentMember.type, in: &scanner) { try scanner.skipValue() }
        if members.isNext(AgentMember.sessionID, in: &scanner) { self.common.sessionID = try scanner.string() }
        if members.isNext(AgentMember.operationID, in: &scanner) { self.common.operationID = try scanner.string() }
        if members.isNext(AgentMember.promptGeneration, in: &scanner) {
            self.common.promptGeneration = try scanner.integer()
        }
        if members.isNext(AgentMember.turnID, in: &scanner) { self.common.turnID = try scanner.string() }
        try self.payload.readFront(&members, from: &scanner)
        if members.isNext(AgentMember.data, in: &scanner) { self.common.data = try scanner.rawJSON() }
        try self.payload.readMiddle(&members, from: &scanner)
        try self.read(AgentMember.supportsImages, .images, &members, from: &scanner)
        try self.read(AgentMember.supportsAudio, .audio, &members, from: &scanner)
        try self.read(AgentMember.supportsEmbeddedContext, .embeddedContext, &members, from: &scanner)
        try self.read(AgentMember.supportsPromptQueueing, .promptQueueing, &members, from: &scanner)
        try self.payload.readBack(&members, from: &scanner)
    }

    @inline(__always)
    private mutating func read(
        _ field: JSONField,
        _ value: AgentSupports,
        _ members: inout JSONMembers,
        from scanner: inout JSONScanner
    ) throws(JSONFailure) {
        if members.isNext(field, in: &scanner), try scanner.bool() { self.supports.insert(value) }
    }
}

/// Writes the messages of `/api/v1/agent/stream`: the requests and answers of clients, and the events of servers.
///
/// It uses the order of members and the escapes of agentctl's Go code. ``AgentStreamDecoder`` reads back equal values.
public struct AgentStreamEncoder: Sendable {
    /// Creates an encoder.
    public init() {}

    /// Writes a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - id: Its id; the answer has the same.
    ///   - timestamp: When it is sent.
    ///   - metadata: What is said beside the request, for example `traceparent`; without any, the member is left out.
    /// - Returns: The text of one frame, without a newline.
    public func encode<Answer>(
        _ request: AgentRequest<Answer>,
        id: String,
        timestamp: RFC3339Timestamp,
        metadata: [String: String] = [:]
    ) -> [UInt8] {
        Self.envelope("request", id, request.action, request.payload, timestamp, metadata)
    }

    /// Writes the answer to a request of the server.
    ///
    /// - Parameters:
    ///   - payload: The answer; any JSON value.
    ///   - request: The request.
    ///   - timestamp: When it is sent.
    /// - Returns: The text of one frame, without a newline.
    public func encode(
        answer payload: RawJSON,
        to request: AgentServerRequest,
        timestamp: RFC3339Timestamp
    ) -> [UInt8] {
        Self.envelope("response", request.id, request.action, payload, timestamp)
    }

    /// Writes an error as the answer to a request of the server.
    ///
    /// - Parameters:
    ///   - error: What went wrong.
    ///   - request: The request.
    ///   - timestamp: When it is sent.
    /// - Returns: The text of one frame, without a newline.
    public func encode(
        error: AgentServerError,
        to request: AgentServerRequest,
        timestamp: RFC3339Timestamp
    ) -> [UInt8] {
        Self.envelope("error", request.id, request.action, error.json, timestamp)
    }

    /// Writes an event.
    ///
    /// - Parameter event: What to write. An unknown or malformed message is written exactly as it was received.
    /// - Returns: The text of one frame, without a newline.
    public func encode(_ event: AgentEvent) -> [UInt8] {
        guard let payload = event.content.payload else { return event.rawBytes ?? [] }
        var writer = JSONWriter(bytes: [])
        writer.object { writer in
            writer.member(AgentMember.type.name, event.type.rawValue)
            writer.memberIfPresent(AgentMember.sessionID.name, event.sessionID)
            writer.memberIfPresent(AgentMember.operationID.name, event.operationID)
            if let generation = event.promptGeneration {
                writer.name(AgentMember.promptGeneration.name)
                writer.integer(generation)
            }
            writer.memberIfPresent(AgentMember.turnID.name, event.turnID)
            payload.writeFront(to: &writer)
            writer.memberIfPresent(AgentMember.data.name, event.data)
            payload.writeMiddle(to: &writer)
            writer.member(AgentMember.supportsImages.name, payload.supports.contains(.images))
            writer.member(AgentMember.supportsAudio.name, payload.supports.contains(.audio))
            writer.member(AgentMember.supportsEmbeddedContext.name, payload.supports.contains(.embeddedContext))
            writer.member(AgentMember.supportsPromptQueueing.name, payload.supports.contains(.promptQueueing))
            payload.writeBack(to: &writer)
        }
        return writer.bytes
    }

    private static func envelope(
        _ type: String,
        _ id: String,
        _ action: AgentAction,
        _ payload: RawJSON,
        _ timestamp: RFC3339Timestamp,
        _ metadata: [String: String] = [:]
    ) -> [UInt8] {
        var writer = JSONWriter(bytes: [])
        writer.object { writer in
            writer.member(AgentEnvelope.Field.id.name, id)
            writer.member(AgentEnvelope.Field.type.name, type)
            writer.member(AgentEnvelope.Field.action.name, action.rawValue)
            writer.memberIfPresent(AgentEnvelope.Field.payload.name, payload)
            writer.member(AgentEnvelope.Field.timestamp.name, timestamp.rawValue)
            guard !metadata.isEmpty else { return }
            writer.name("metadata")
            writer.object { writer in
                for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    writer.string(value)
                }
            }
        }
        return writer.bytes
    }
}

/// The members that all messages of `/api/v1/workspace/stream` have.
public struct WorkspaceEnvelope: Sendable, Hashable {
    /// The `type` of the message, known or not.
    public var type: WorkspaceMessageType

    /// When the message was sent, in milliseconds since 1970-01-01T00:00:00Z; `nil` if it has no timestamp.
    public var timestamp: Int64?

    /// Creates an envelope.
    ///
    /// - Parameters:
    ///   - type: The `type` of the message.
    ///   - timestamp: Milliseconds since 1970-01-01T00:00:00Z; `nil` for none.
    package init(type: WorkspaceMessageType, timestamp: Int64?) {
        self.type = type
        self.timestamp = timestamp
    }
}

/// A well-formed message whose type this library does not know.
///
/// agentctl's other clients ignore such a message. You can ignore it, too.
public struct UnknownMessage: Sendable, Hashable {
    /// The `type` of the message.
    public var type: WorkspaceMessageType

    /// The whole frame as it was received.
    public var rawText: String

    /// Creates an unknown message.
    ///
    /// - Parameters:
    ///   - type: The `type` of the message.
    ///   - rawText: The whole frame, a JSON object with that `type`.
    public init(type: WorkspaceMessageType, rawText: String) {
        self.type = type
        self.rawText = rawText
    }
}

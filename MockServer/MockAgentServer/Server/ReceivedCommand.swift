public import WorkspaceProtocol

/// A message that a client sent on the workspace stream.
public struct ReceivedCommand: Sendable, Hashable {
    /// The ``UpgradeSeen/attempt`` of the connection it came on.
    public let attempt: Int
    /// The message; a text that could not be read is `malformed`.
    public let event: WorkspaceEvent
}

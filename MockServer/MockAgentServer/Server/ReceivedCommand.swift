public import WorkspaceProtocol

/// A message that a client sent on the workspace stream.
public struct ReceivedCommand: Sendable, Hashable {
    /// The ``UpgradeSeen/attempt`` of its connection.
    public let attempt: Int
    /// The message; it is `malformed` if the text could not be read.
    public let event: WorkspaceEvent
}

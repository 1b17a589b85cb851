public import WebSocketProtocol

/// A request for the workspace stream, whether it was accepted or not.
public struct UpgradeSeen: Sendable, Hashable {
    /// How many came before it: 0 for the first.
    public let attempt: Int
    /// The fields of the request, `Authorization` included.
    public let fields: HTTPFields
}

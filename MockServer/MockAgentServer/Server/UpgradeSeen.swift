public import WebSocketProtocol

/// A request for the workspace stream, accepted or not.
public struct UpgradeSeen: Sendable, Hashable {
    /// The number of requests before it: 0 for the first one.
    public let attempt: Int
    /// The fields of the request, including `Authorization`.
    public let fields: HTTPFields
}

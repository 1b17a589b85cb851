public import WebSocketProtocol

/// A request over HTTP, also one for a stream.
public struct RequestSeen: Sendable, Hashable {
    /// The method, such as `POST`.
    public let method: String
    /// The path and the query, as on the wire.
    public let target: String
    /// The fields of the request, including `Authorization`.
    public let fields: HTTPFields
    /// The whole body, without chunks; empty if there is none.
    public let body: [UInt8]
}

/// The answer of a server that did not switch protocols: an HTTP response with another status than 101.
public struct UpgradeRefusal: Sendable, Hashable {
    /// The status code, 100...999.
    public let status: Int

    /// The reason phrase; may be empty.
    public let reason: String

    /// The fields of the response, such as `Location`, `Retry-After` or `WWW-Authenticate`.
    public let fields: HTTPFields

    /// The first bytes of the body, at most ``HandshakeLimits/maximumBodyBytes``.
    public package(set) var body: [UInt8]

    /// Whether ``body`` is the whole body of the response.
    public package(set) var isBodyComplete: Bool

    package init(_ response: HTTPResponseHead, body: [UInt8] = [], isBodyComplete: Bool = false) {
        self.status = response.status
        self.reason = response.reason
        self.fields = response.fields
        self.body = body
        self.isBodyComplete = isBodyComplete
    }
}

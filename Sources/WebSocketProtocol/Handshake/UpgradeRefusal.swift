/// The answer of a server that did not switch protocols: an HTTP response with a status other than 101.
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

    /// Creates a refusal that did not come from a server, for tests.
    ///
    /// - Parameters:
    ///   - status: The status code, 100...999.
    ///   - reason: The reason phrase.
    ///   - fields: The fields of the response.
    ///   - body: The first bytes of the body.
    ///   - isBodyComplete: Whether that is the whole body.
    public init(
        status: Int,
        reason: String = "",
        fields: HTTPFields = [:],
        body: [UInt8] = [],
        isBodyComplete: Bool = true
    ) {
        (self.status, self.reason, self.fields) = (status, reason, fields)
        (self.body, self.isBodyComplete) = (body, isBodyComplete)
    }

    package init(_ response: HTTPResponseHead, body: [UInt8] = [], isBodyComplete: Bool = false) {
        self.status = response.status
        self.reason = response.reason
        self.fields = response.fields
        self.body = body
        self.isBodyComplete = isBodyComplete
    }
}

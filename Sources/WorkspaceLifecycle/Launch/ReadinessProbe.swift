/// Asks whoever answers at an endpoint who it is.
public protocol ReadinessProbe: Sendable {
    /// Asks once.
    ///
    /// - Parameters:
    ///   - endpoint: Where, as the runtime reported it.
    ///   - limit: How long to wait for the whole answer.
    /// - Returns: What it says of itself, or `nil` when nobody answers there or the answer has no identity. Neither is
    ///   an error: the caller asks again until its own limit.
    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity?
}

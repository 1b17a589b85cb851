/// Asks whoever answers at an endpoint who it is.
public protocol ReadinessProbe: Sendable {
    /// Asks once.
    ///
    /// Another request may be made beside one that takes long; the first answer counts, and the others are cancelled.
    ///
    /// - Parameters:
    ///   - endpoint: Where, as the runtime reported it.
    ///   - limit: How long to wait for the whole answer: all that is left of the caller's own limit.
    /// - Returns: What it says of itself, or `nil` when nobody answers there or the answer has no identity. Neither is
    ///   an error: the caller asks again until its own limit. Return `nil` soon when the task is cancelled.
    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity?

    /// Why an endpoint can never be asked by this probe, for example because of its scheme.
    ///
    /// - Parameter endpoint: The endpoint as it was given or reported.
    /// - Returns: The reason in words, or `nil`: it can be asked. The default is `nil`.
    func reasonNotToAsk(_ endpoint: String) -> String?
}

extension ReadinessProbe {
    /// Any endpoint can be asked.
    public func reasonNotToAsk(_ endpoint: String) -> String? { nil }
}

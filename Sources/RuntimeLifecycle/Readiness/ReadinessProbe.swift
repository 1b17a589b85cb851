/// Asks the process that answers at an endpoint for its identity.
public protocol ReadinessProbe: Sendable {
    /// Asks once.
    ///
    /// If one request takes long, another one may run at the same time. The first answer counts, and the others are
    /// cancelled.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint, as the runtime reported it.
    ///   - limit: How long to wait for the whole answer: all the time that is left of the caller's own limit.
    /// - Returns: The identity in the answer, or `nil` if nothing answers or the answer has no identity. Neither is an
    ///   error: the caller asks again until its own limit. Return `nil` soon after the task is cancelled.
    func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity?

    /// Why this probe can never ask an endpoint, for example because of its scheme.
    ///
    /// - Parameter endpoint: The endpoint as it was given or reported.
    /// - Returns: The reason in words, or `nil` if the endpoint can be asked. The default is `nil`.
    func reasonNotToAsk(_ endpoint: String) -> String?
}

extension ReadinessProbe {
    /// Any endpoint can be asked.
    public func reasonNotToAsk(_ endpoint: String) -> String? { nil }
}

import ConcurrencyPrimitives

/// The span of a turn; it ends as `unseen` when nobody can see the end of the turn any more.
package final class TurnSpan: Sendable {
    private let span: Locked<RuntimeSpan?>

    init(_ span: RuntimeSpan) { self.span = Locked(span) }

    deinit { self.end("unseen") }

    /// Ends the span; only the first end counts.
    ///
    /// - Parameter end: How the turn ended: `completed`, `failed` or `unseen`.
    package func end(_ end: String) {
        guard let span = self.span.withLock({ $0.take() }) else { return }
        span.set("agentctl.turn.end", end)
        if end == "completed" { span.end() } else { span.end(failure: end) }
    }

    /// The prompt has failed, so there is no turn.
    func fail(_ error: any Error) { self.span.withLock { $0.take() }?.end(error) }
}

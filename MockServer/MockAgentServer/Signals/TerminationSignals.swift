/// The signals that ask a process to end, SIGINT and SIGTERM, as a sequence.
///
/// From the first creation on they are elements here instead of ending the process, also those that come before anyone
/// iterates. When every such sequence and its iterators are gone, or their tasks are cancelled, they end the process
/// again: a second Ctrl-C during a shutdown that hangs works.
package struct TerminationSignals: AsyncSequence, Sendable {
    private let signals: AsyncStream<TerminationSignal>

    /// Takes the signals over.
    ///
    /// - Throws: `CancellationError`.
    package init() async throws { self.signals = try await SignalSources.shared.listen() }

    package func makeAsyncIterator() -> AsyncStream<TerminationSignal>.Iterator { self.signals.makeAsyncIterator() }

    /// Waits for one signal.
    ///
    /// - Returns: The signal, or nil when the task is cancelled.
    package func first() async -> TerminationSignal? { await self.first { _ in true } }
}

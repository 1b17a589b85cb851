/// The signals that ask a process to end, SIGINT, SIGTERM and SIGHUP, as a sequence.
///
/// ```swift
/// let signals = await TerminationSignals()
/// try await client.withWorkspaceStream { stream in
///     async let signal = signals.first()
///     …
/// }
/// ```
///
/// After the first creation, these signals become elements and do not end the process. That includes signals that come
/// before a task iterates. Each signal is one element, so you can distinguish a second, impatient signal from the
/// first. At most the latest eight signals wait. When all such sequences and iterators are released, or their tasks are
/// cancelled, a signal ends the process again. So a second Ctrl-C works while a shutdown hangs.
///
/// If the starter of the process ignores a signal, it stays ignored: `nohup` does that with SIGHUP, and a shell script
/// with SIGINT for its background jobs. So create the first sequence before other code changes the effect of these
/// signals. A terminal that closes may send SIGHUP twice, so a second SIGHUP is no sign of impatience.
public struct TerminationSignals: AsyncSequence, Sendable {
    /// One signal.
    public typealias Element = TerminationSignal

    /// Gives the signals in the order in which they came.
    public typealias AsyncIterator = AsyncStream<TerminationSignal>.Iterator

    private let signals: AsyncStream<TerminationSignal>

    /// Starts to handle the signals; when it returns, new signals are elements of the sequence.
    ///
    /// It waits for some microseconds, even if the task is cancelled.
    public init() async { self.signals = await SignalSources.shared.listen() }

    /// Creates an iterator.
    ///
    /// Only one task may iterate at a time. It gets nil when it is cancelled.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> AsyncIterator { self.signals.makeAsyncIterator() }

    /// Waits for one signal.
    ///
    /// - Returns: The signal, or nil if the task is cancelled.
    public func first() async -> TerminationSignal? { await self.first { _ in true } }
}

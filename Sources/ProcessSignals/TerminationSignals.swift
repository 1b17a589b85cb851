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
/// From the first creation on they are elements here instead of ending the process, also those that come before anyone
/// iterates; each one is an element, so a second, impatient one can be told from the first. The latest eight wait to be
/// taken. When every such sequence and its iterators are gone, or their tasks are cancelled, they end the process again:
/// a second Ctrl-C during a shutdown that hangs works.
///
/// A signal that the starter of the process had set to ignored stays ignored: `nohup` does that with SIGHUP, and a shell
/// script with the SIGINT of what it starts in the background. So create the first sequence before anything else in the
/// process changes what these signals do. A terminal that goes away may send SIGHUP twice: it is no sign of impatience.
public struct TerminationSignals: AsyncSequence, Sendable {
    /// One signal.
    public typealias Element = TerminationSignal

    /// Gives the signals in the order in which they came.
    public typealias AsyncIterator = AsyncStream<TerminationSignal>.Iterator

    private let signals: AsyncStream<TerminationSignal>

    /// Takes the signals over; they are elements of the sequence from its return on.
    ///
    /// It waits for microseconds, and not less when the task is cancelled.
    public init() async { self.signals = await SignalSources.shared.listen() }

    /// Creates an iterator.
    ///
    /// One task at a time iterates, and gets nil when it is cancelled.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> AsyncIterator { self.signals.makeAsyncIterator() }

    /// Waits for one signal.
    ///
    /// - Returns: The signal, or nil when the task is cancelled.
    public func first() async -> TerminationSignal? { await self.first { _ in true } }
}

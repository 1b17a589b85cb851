import Dispatch

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The signals that ask a process to end, SIGINT and SIGTERM, as a sequence.
///
/// From the creation on they no longer end the process but are elements here, also those that came before anyone
/// iterates. When the sequence and its iterators are gone, or the task that iterates is cancelled, they end the process
/// again. One at a time.
///
/// The one place that uses Dispatch: its signal source is the only way that works on every platform without an
/// async-signal-unsafe handler, and without a mask that had to be set before the runtime starts its threads, as
/// `sigwait` needs.
package struct TerminationSignals: AsyncSequence, Sendable {
    /// One signal.
    package struct Signal: Sendable, Hashable {
        /// The number, such as 2.
        package let number: Int32
        /// The name, such as `SIGINT`.
        package let name: String

        /// What a shell calls the exit code of a process that the signal ended.
        package var exitCode: Int32 { 128 + self.number }

        package static let interrupt = Signal(number: SIGINT, name: "SIGINT")
        package static let terminate = Signal(number: SIGTERM, name: "SIGTERM")
    }

    private let signals: AsyncStream<Signal>

    /// Takes the signals over.
    package init() {
        let (signals, continuation) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(8))
        // Sources may be cancelled on any thread, and nothing else is done with them from here on.
        nonisolated(unsafe) let sources = [Signal.interrupt, Signal.terminate].map {
            Self.source(for: $0, continuation)
        }
        continuation.onTermination = { _ in for source in sources { source.cancel() } }
        self.signals = signals
    }

    private static func source(
        for taken: Signal,
        _ continuation: AsyncStream<Signal>.Continuation
    ) -> any DispatchSourceSignal {
        // The source sees the signal next to its disposition, which would end the process.
        signal(taken.number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: taken.number, queue: .global())
        source.setEventHandler { continuation.yield(taken) }
        source.setCancelHandler { signal(taken.number, SIG_DFL) }
        source.activate()
        return source
    }

    package func makeAsyncIterator() -> AsyncStream<Signal>.Iterator { self.signals.makeAsyncIterator() }

    /// Waits for one signal.
    ///
    /// - Returns: The signal, or nil when the task is cancelled.
    package func first() async -> Signal? {
        await self.first { _ in true }
    }
}

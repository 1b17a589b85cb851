import ConcurrencyPrimitives
package import ProcessSignals
import WebSocketTransport

/// Runs `body` while this function handles SIGINT, SIGTERM and SIGHUP.
///
/// The first signal tells `body` to stop, and an impatient second one calls `abort`. A signal that the starter of the
/// process ignores stays ignored.
///
/// - Parameters:
///   - abort: Ends the process at once.
///   - body: Gets a function that waits for the first signal. It returns nil if its task is cancelled first.
/// - Returns: The value of `body`.
/// - Throws: The error of `body`.
package func withInterruption<Value: Sendable, Failure: Error>(
    abort: @escaping @Sendable (TerminationSignal) -> Void,
    _ body: (@escaping @Sendable () async -> TerminationSignal?) async throws(Failure) -> Value
) async throws(Failure) -> Value {
    let interrupted = Promise<TerminationSignal>()
    let signals = await TerminationSignals()
    return try await withDiscardingTaskGroup { group -> Result<Value, Failure> in
        group.addTask {
            var patience = SignalPatience()
            for await signal in signals {
                switch patience.received(signal, at: .now) {
                case .end: interrupted.resolve(signal)
                case .nothing: break
                case .endAtOnce: abort(signal)
                }
            }
        }
        defer { group.cancelAll() }
        do throws(Failure) {
            return .success(try await body { try? await interrupted.waitUnlessCancelled() })
        } catch {
            return .failure(error)
        }
    }.get()
}

extension OutputSink {
    /// Writes text that other programs wait for, without a time limit; after a signal, waiting is limited.
    ///
    /// - Parameters:
    ///   - text: Whole lines.
    ///   - stop: Waits for the first signal.
    /// - Throws: `OutputError`.
    package func write(
        _ text: String,
        until stop: @escaping @Sendable () async -> TerminationSignal?
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { if await stop() != nil { self.limitWaiting(to: .afterSignal) } }
            defer { group.cancelAll() }
            try await self.write(Array(text.utf8))
        }
    }
}

/// The work ended before it was done.
package enum EndedEarly: Error, Sendable, Hashable {
    /// A signal ended it.
    case interrupted(TerminationSignal)
}

/// Runs work until it is done, and cancels it if a signal comes or the reader of its output leaves.
///
/// - Parameters:
///   - output: The sink to which the result will be written.
///   - abort: Ends the process at once, when a second signal comes.
///   - body: The work. It must end soon after its task is cancelled.
/// - Returns: The value of `body`.
/// - Throws: ``EndedEarly``, `OutputError.readerLeft`, or the error of `body`.
package func withEarlyEnd<Value: Sendable>(
    of output: any OutputSink,
    abort: @escaping @Sendable (TerminationSignal) -> Void,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withInterruption(abort: abort) { stop in
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                if let signal = await stop() { throw EndedEarly.interrupted(signal) }
                return nil
            }
            group.addTask {
                if await output.waitUntilReaderLeft() { throw OutputError.readerLeft }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }
}

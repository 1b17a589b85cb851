import Dispatch
import WebSocketTransport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The one place that uses Dispatch: its signal source works on every platform, without a handler that would have to be
/// async-signal-safe, and without a mask that had to be set before the runtime starts its threads, as `sigwait` needs.
///
/// Made once and never undone: removing a source and adding another one lets signals fall between them.
final class SignalSources: Sendable {
    private struct Listeners {
        var nextID = 0
        var continuations: [Int: AsyncStream<TerminationSignal>.Continuation] = [:]
    }

    static let shared = SignalSources()

    private let listeners = Locked(Listeners())
    /// How many sources see their signal.
    private let registered = Watched(0)
    // Written in the initializer only, and kept so that the sources live.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    private init() {
        self.sources = [TerminationSignal.interrupt, .terminate].map { taken in
            #if canImport(Darwin)
            // Here the source sees a signal beside its disposition, which would end the process; elsewhere Dispatch
            // takes the signal over, and to ignore it would take it from Dispatch.
            signal(taken.number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: taken.number, queue: .global())
            source.setEventHandler { [unowned self] in self.received(taken) }
            source.setRegistrationHandler { [unowned self] in self.registered.update { $0 += 1 } }
            source.activate()
            return source
        }
    }

    /// A stream of the signals from the return on; the latest eight wait to be taken.
    func listen() async throws -> AsyncStream<TerminationSignal> {
        try await self.registered.wait { $0 == 2 }
        let (signals, continuation) = AsyncStream.makeStream(
            of: TerminationSignal.self,
            bufferingPolicy: .bufferingNewest(8)
        )
        let id = self.listeners.withLock { listeners in
            listeners.nextID += 1
            listeners.continuations[listeners.nextID] = continuation
            return listeners.nextID
        }
        continuation.onTermination = { _ in self.listeners.withLock { $0.continuations[id] = nil } }
        return signals
    }

    private func received(_ taken: TerminationSignal) {
        let continuations = self.listeners.withLock { Array($0.continuations.values) }
        for continuation in continuations { continuation.yield(taken) }
        guard continuations.isEmpty else { return }
        // Nobody listens any more: what the signal does by default.
        signal(taken.number, SIG_DFL)
        kill(getpid(), taken.number)
    }
}

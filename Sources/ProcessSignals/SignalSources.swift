import Dispatch
import NIOConcurrencyHelpers

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

#if RED_CONTROLS
internal import RedControls
#endif

/// The signal sources of the process; the only place that uses Dispatch.
///
/// Its sources work on every platform. They need no async-signal-safe handler, and no signal mask that must be set
/// before the runtime starts its threads, as `sigwait` does. They are made once and never removed, because signals
/// could be lost between the removal of a source and the next one.
final class SignalSources: Sendable {
    private struct Listeners {
        var nextID = 0
        var continuations: [Int: AsyncStream<TerminationSignal>.Continuation] = [:]
        /// The number of sources that do not see their signal yet, and the tasks that wait for them.
        var unregistered = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    static let shared = SignalSources()

    /// The number of signals that may wait for one listener.
    private static let bound = 8

    private let listeners: NIOLockedValueBox<Listeners>
    // Written only in the initializer; kept so that the sources stay alive.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    private init() {
        #if RED_CONTROLS
        let all = TerminationSignal.all.filter { $0 != .hangUp || !RedControl.isActive(.hangUpNotTaken) }
        #else
        let all = TerminationSignal.all
        #endif
        // We do not handle signals that the starter ignores.
        let taken = all.filter { !Self.isIgnored($0) }
        self.listeners = NIOLockedValueBox(Listeners(unregistered: taken.count))
        self.sources = taken.map { taken in
            #if canImport(Darwin)
            // Here the source sees a signal in addition to its normal effect, which would end the process. On other
            // platforms Dispatch handles the signal, and ignoring it would take it away from Dispatch.
            signal(taken.number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: taken.number, queue: .global())
            source.setEventHandler { [unowned self, source] in
                // Signals that came before the handler ran are one call. Nothing ever releases the source.
                for _ in 0..<min(max(source.data, 1), UInt(Self.bound)) { self.received(taken) }
            }
            source.setRegistrationHandler { [unowned self] in self.registered() }
            source.activate()
            return source
        }
    }

    /// Whether a signal is ignored; call it before we change anything.
    static func isIgnored(_ signal: TerminationSignal) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.ignoredSignalTaken) { return false }
        #endif
        var action = sigaction()
        guard sigaction(signal.number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #elseif canImport(Musl)
        let handler = action.__sa_handler.sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        // POSIX calls it SIG_IGN. Functions can't be compared, but their addresses can.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Returns a stream of the signals from now on.
    func listen() async -> AsyncStream<TerminationSignal> {
        await self.waitUntilRegistered()
        let (signals, continuation) = AsyncStream.makeStream(
            of: TerminationSignal.self,
            bufferingPolicy: .bufferingNewest(Self.bound)
        )
        let id = self.listeners.withLockedValue { listeners in
            listeners.nextID += 1
            listeners.continuations[listeners.nextID] = continuation
            return listeners.nextID
        }
        continuation.onTermination = { _ in self.listeners.withLockedValue { $0.continuations[id] = nil } }
        return signals
    }

    private func waitUntilRegistered() async {
        await withCheckedContinuation { continuation in
            let isRegistered = self.listeners.withLockedValue { listeners in
                if listeners.unregistered > 0 { listeners.waiters.append(continuation) }
                return listeners.unregistered == 0
            }
            if isRegistered { continuation.resume() }
        }
    }

    private func registered() {
        let waiters = self.listeners.withLockedValue { listeners in
            listeners.unregistered -= 1
            guard listeners.unregistered == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { listeners.waiters = [] }
            return listeners.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func received(_ taken: TerminationSignal) {
        let continuations = self.listeners.withLockedValue { Array($0.continuations.values) }
        for continuation in continuations { continuation.yield(taken) }
        guard continuations.isEmpty else { return }
        // Nobody listens any more, so the signal has its default effect.
        signal(taken.number, SIG_DFL)
        kill(getpid(), taken.number)
    }
}

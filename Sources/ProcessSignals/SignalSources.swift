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

/// The one place that uses Dispatch: its signal source works on every platform, without a handler that would have to be
/// async-signal-safe, and without a mask that had to be set before the runtime starts its threads, as `sigwait` needs.
///
/// Made once and never undone: removing a source and adding another one lets signals fall between them.
final class SignalSources: Sendable {
    private struct Listeners {
        var nextID = 0
        var continuations: [Int: AsyncStream<TerminationSignal>.Continuation] = [:]
        /// How many sources do not see their signal yet, and who waits for that.
        var unregistered = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    static let shared = SignalSources()

    /// How many signals wait for a listener.
    private static let bound = 8

    private let listeners: NIOLockedValueBox<Listeners>
    // Written in the initializer only, and kept so that the sources live.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    private init() {
        #if RED_CONTROLS
        let all = TerminationSignal.all.filter { $0 != .hangUp || !RedControl.isActive(.hangUpNotTaken) }
        #else
        let all = TerminationSignal.all
        #endif
        // What the starter ignores is not ours to take.
        let taken = all.filter { !Self.isIgnored($0) }
        self.listeners = NIOLockedValueBox(Listeners(unregistered: taken.count))
        self.sources = taken.map { taken in
            #if canImport(Darwin)
            // Here the source sees a signal beside its disposition, which would end the process; elsewhere Dispatch
            // takes the signal over, and to ignore it would take it from Dispatch.
            signal(taken.number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: taken.number, queue: .global())
            source.setEventHandler { [unowned self, source] in
                // Those that came before the handler ran are one call. The source is never let go, by anybody.
                for _ in 0..<min(max(source.data, 1), UInt(Self.bound)) { self.received(taken) }
            }
            source.setRegistrationHandler { [unowned self] in self.registered() }
            source.activate()
            return source
        }
    }

    /// Whether a signal is ignored, before anything of ours changed that.
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
        // POSIX calls it SIG_IGN; functions can't be compared, their addresses can.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// A stream of the signals from the return on.
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
        // Nobody listens any more: what the signal does by default.
        signal(taken.number, SIG_DFL)
        kill(getpid(), taken.number)
    }
}

internal import CWorkspaceLaunch
import ConcurrencyPrimitives
internal import Glibc

/// Waits for descriptors (pidfds) on one thread for the whole process.
///
/// `poll` blocks, so it never runs on the cooperative pool. The thread starts with the first wait and never ends,
/// because children must be reaped as long as this process lives.
final class DescriptorWatcher: Sendable {
    /// How a wait ended.
    enum WaitEnd: Sendable { case ready, timedOut, cancelled }

    /// Identifies one wait.
    struct Token: Hashable, Sendable { fileprivate let number: UInt64 }

    /// The watcher of this process.
    static let shared = DescriptorWatcher()

    private struct Entry: Sendable {
        let descriptor: Int32
        let deadline: Duration?
        let handler: @Sendable (WaitEnd) -> Void
    }

    private struct State: Sendable {
        var entries: [Token: Entry] = [:]
        var cancelledEarly: Set<Token> = []
        var lastNumber: UInt64 = 0
        var threadStarted = false
    }

    private let state = Locked(State())
    private let wakeUp = wl_eventfd()

    /// Waits until the descriptor is readable; the descriptor must stay open until then.
    func wait(on descriptor: Int32, until deadline: Duration?) async -> WaitEnd {
        let token = self.newToken()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.watch(token, descriptor, deadline) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            self.cancel(token)
        }
        self.forget(token)
        return outcome
    }

    /// Calls `handler` once, on the watcher's thread, when the descriptor is readable.
    func notify(on descriptor: Int32, _ handler: @escaping @Sendable (WaitEnd) -> Void) {
        self.watch(self.newToken(), descriptor, nil, handler)
    }

    private func newToken() -> Token {
        self.state.withLock { state in
            state.lastNumber += 1
            return Token(number: state.lastNumber)
        }
    }

    private func watch(
        _ token: Token,
        _ descriptor: Int32,
        _ deadline: Duration?,
        _ handler: @escaping @Sendable (WaitEnd) -> Void
    ) {
        let entry = Entry(descriptor: descriptor, deadline: deadline, handler: handler)
        let (isCancelled, startsThread) = self.state.withLock { state -> (Bool, Bool) in
            if state.cancelledEarly.remove(token) != nil { return (true, false) }
            state.entries[token] = entry
            defer { state.threadStarted = true }
            return (false, !state.threadStarted)
        }
        if isCancelled { return handler(.cancelled) }
        if startsThread { BlockingThread.start { self.run() } }
        self.wake()
    }

    private func cancel(_ token: Token) {
        let entry = self.state.withLock { state in
            let entry = state.entries.removeValue(forKey: token)
            // If the wait is cancelled before it begins, `watch` must see that.
            if entry == nil { state.cancelledEarly.insert(token) }
            return entry
        }
        entry?.handler(.cancelled)
    }

    private func forget(_ token: Token) {
        _ = self.state.withLock { $0.cancelledEarly.remove(token) }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(self.wakeUp, &one, 8)
    }

    // MARK: The thread

    private func run() {
        while true {
            let waits = self.state.withLock { $0.entries.map { ($0.key, $0.value) } }
            var polled = [pollfd(fd: self.wakeUp, events: Int16(POLLIN), revents: 0)]
            polled += waits.map { pollfd(fd: $1.descriptor, events: Int16(POLLIN), revents: 0) }
            poll(&polled, nfds_t(polled.count), Self.timeout(waits.compactMap { $1.deadline }.min()))
            var count: UInt64 = 0
            _ = read(self.wakeUp, &count, 8)
            let now = SystemClock.now
            for (index, wait) in waits.enumerated() {
                let isReady = polled[index + 1].revents != 0
                let isLate = wait.1.deadline.map { $0 <= now } ?? false
                if isReady || isLate { self.finish(wait.0, isReady ? .ready : .timedOut) }
            }
        }
    }

    private func finish(_ token: Token, _ outcome: WaitEnd) {
        let entry = self.state.withLock { $0.entries.removeValue(forKey: token) }
        entry?.handler(outcome)
    }

    /// Milliseconds for `poll`, rounded up so that a wait never ends too early and repeats at once.
    private static func timeout(_ deadline: Duration?) -> Int32 {
        guard let deadline else { return -1 }
        let rest = deadline - SystemClock.now
        guard rest > .zero else { return 0 }
        // An early wake-up only looks at the clock again. With this limit, even a very late deadline does not overflow.
        guard rest < .seconds(60) else { return 60_000 }
        let (seconds, attoseconds) = rest.components
        return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}

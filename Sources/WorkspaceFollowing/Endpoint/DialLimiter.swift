import AgentRuntime
import ConcurrencyPrimitives

/// Bounds the dials of all followers that share it, so that many that lost their connection do not come back at once.
///
/// When it is somebody's turn depends on two bounds: the number of dials at the same time, and the number of dials per
/// second to one authority, which is a host with its port, or a Unix socket. Waiting followers come in their order.
public final class DialLimiter: Sendable {
    private struct State: Sendable {
        var queue: DialQueue
        var waiting: [Int: Promise<Bool>] = [:]
        var timer: (any RuntimeTimer)?
    }

    private let state: Locked<State>

    /// The limiter of all followers that have no other: 32 dials at once, 50 per second and authority.
    public static let shared = DialLimiter()

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - maximumDials: The number of dials at the same time, 1 or more.
    ///   - perSecond: The number of dials per second to one authority, 1 or more.
    public init(maximumDials: Int = 32, perSecond: Int = 50) {
        self.state = Locked(
            State(queue: DialQueue(maximumDials: max(1, maximumDials), perSecond: max(1, perSecond)))
        )
    }

    /// Whether nobody waits, and nobody dials.
    var isIdle: Bool { self.state.withLock { $0.queue.isIdle && $0.waiting.isEmpty } }

    /// Waits until the caller may dial; then it must call ``release()`` when its dial has ended.
    ///
    /// - Parameters:
    ///   - authority: What is dialled.
    ///   - environment: Clock, timers and randomness.
    /// - Returns: False if the task was cancelled; then there is nothing to release.
    func acquire(_ authority: String, in environment: FollowerEnvironment) async -> Bool {
        let turn = Promise<Bool>()
        let id = self.state.withLock { state in
            let id = state.queue.add(authority)
            state.waiting[id] = turn
            return id
        }
        self.grant(in: environment)
        return await withTaskCancellationHandler {
            await turn.wait()
        } onCancel: {
            let waiting = self.state.withLock { state -> Promise<Bool>? in
                guard state.queue.remove(id) else { return nil }
                return state.waiting.removeValue(forKey: id)
            }
            waiting?.resolve(false)
        }
    }

    /// The dial has ended.
    func release(in environment: FollowerEnvironment) {
        self.state.withLock { $0.queue.release() }
        self.grant(in: environment)
    }

    private func grant(in environment: FollowerEnvironment) {
        let now = environment.now()
        let (granted, again, old) = self.state.withLock { state in
            let (ids, again) = state.queue.grant(now: now, random: environment.random)
            return (ids.compactMap { state.waiting.removeValue(forKey: $0) }, again, state.timer.take())
        }
        old?.cancel()
        for turn in granted { turn.resolve(true) }
        guard let again else { return }
        let timer = environment.timers.schedule(after: again) { self.grant(in: environment) }
        let replaced = self.state.withLock { state in
            // Two callers may come here at the same time; one timer is enough, and a second one does no harm.
            defer { state.timer = timer }
            return state.timer
        }
        replaced?.cancel()
    }
}

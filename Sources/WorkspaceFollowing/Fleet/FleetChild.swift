import AgentRuntime
import ConcurrencyPrimitives
import WebSocketProtocol

/// What happens when the code that takes the elements of one workspace of a fleet throws.
///
/// An open set: more may be added in a minor version.
public struct FleetChildPolicy: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case restart
        case leave
    }

    let kind: Kind

    /// It is called again, with the same follower: elements that it has not taken are still there.
    ///
    /// It waits for 100 ms to 0.5 s, 1 s, 2 s … at most 20 s at random, longer after each error that
    /// comes soon, like ``ReconnectPolicy`` says.
    public static let restart = Self(kind: .restart)
    /// The follower of the workspace ends; the workspace stays in the list with the error, until it is left.
    public static let leave = Self(kind: .leave)
}

/// The code that takes the elements of one workspace of a fleet, and its task.
final class FleetChild: Sendable {
    private struct State: Sendable {
        var task: Task<Void, Never>?
        var isCancelled = false
        var errors = 0
        var lastError: String?
    }

    typealias Body = @Sendable (WorkspaceFollower) async throws -> Void

    private let policy: FleetChildPolicy
    private let body: Body
    private let state = Locked(State())
    /// Resolves when its task has left; the value says whether the code has returned without an error.
    let ended = Promise<Bool>()

    init(_ policy: FleetChildPolicy, _ body: @escaping Body) { (self.policy, self.body) = (policy, body) }

    /// How often it has thrown, and its last error in words.
    var errors: (count: Int, last: String?) { self.state.withLock { ($0.errors, $0.lastError) } }

    /// Starts its task, unless it was cancelled before.
    func start(_ follower: WorkspaceFollower, _ configuration: ReconnectPolicy, in environment: FollowerEnvironment) {
        let task = Task(executorPreference: environment.executor) {
            let hasReturned = await self.run(follower, configuration, in: environment)
            self.ended.resolve(hasReturned)
        }
        let isCancelled = self.state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    /// Its follower has ended: it can still take what waits, and then it should return.
    func cancel() {
        let task = self.state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }

    /// - Returns: Whether the code has returned without an error.
    private func run(
        _ follower: WorkspaceFollower,
        _ configuration: ReconnectPolicy,
        in environment: FollowerEnvironment
    ) async -> Bool {
        var errors = 0
        while true {
            let start = environment.now()
            do {
                try await self.body(follower)
                return true
            } catch {
                self.note(error, isCancelled: Task.isCancelled)
                errors = environment.now() - start >= configuration.resetAfter ? 1 : errors + 1
                guard self.policy == .restart, !Task.isCancelled else { return false }
                // The first restart waits, too: what made it throw may last.
                let delay = configuration.delay(after: errors + 1, .backOff, random: environment.random())
                let promise = Promise<Void>()
                let timer = environment.timers.schedule(after: delay) { promise.resolve(()) }
                defer { timer.cancel() }
                do { try await promise.waitUnlessCancelled() } catch { return false }
            }
        }
    }

    private func note(_ error: any Error, isCancelled: Bool) {
        // The end of a cancelled task is no failure.
        if isCancelled, error is CancellationError { return }
        let text = "\(error)"
        self.state.withLock { ($0.errors, $0.lastError) = ($0.errors + 1, text) }
    }
}

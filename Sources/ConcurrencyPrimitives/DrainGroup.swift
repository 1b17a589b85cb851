#if RED_CONTROLS
internal import RedControls
#endif

/// The detached work of one lifecycle: registered before it can be seen, and awaited by ``drain()``.
///
/// Work runs in tasks of its own because an aborted caller must not abort a half-done stop or start; it is never
/// left alone because each task is entered here before it starts and leaves at its end.
package final class DrainGroup: Sendable {
    private struct State: Sendable {
        var active = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The groups whose work this task is.
    @TaskLocal private static var enclosing: Set<ObjectIdentifier> = []

    private let state = Locked(State())
    /// Where the work runs; `nil` is the system's pool.
    ///
    /// Tests give one that follows a seed.
    private let executor: (any TaskExecutor)?

    package init(executor: (any TaskExecutor)? = nil) { self.executor = executor }

    /// How many pieces of work are under way.
    package var activeCount: Int { self.state.withLock { $0.active } }

    /// Starts a piece of work and registers it first.
    @discardableResult
    package func start(_ name: String? = nil, _ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        self.enter()
        return Task(name: name, executorPreference: self.executor) {
            await Self.$enclosing.withValue(Self.enclosing.union([ObjectIdentifier(self)])) { await work() }
            self.leave()
        }
    }

    /// Runs `work` to its end whatever happens to the caller, who may leave early by being cancelled.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let result = Promise<Result<Value, any Error>>()
        self.start {
            do { result.resolve(.success(try await work())) } catch { result.resolve(.failure(error)) }
        }
        return try await result.waitUnlessCancelled().get()
    }

    /// Waits until there is no work.
    ///
    /// Called from within the work it returns at once: it would wait for itself.
    package func drain() async {
        #if RED_CONTROLS
        if RedControl.isActive(.drainReturnsAtOnce) { return }
        #endif
        guard !Self.enclosing.contains(ObjectIdentifier(self)) else { return }
        await withCheckedContinuation { continuation in
            let isIdle = self.state.withLock { state in
                if state.active > 0 { state.waiters.append(continuation) }
                return state.active == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Counts work that is about to be started.
    package func enter() { self.state.withLock { $0.active += 1 } }

    /// The end of a piece of work that was entered.
    package func leave() {
        let waiters = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.active -= 1
            guard state.active == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

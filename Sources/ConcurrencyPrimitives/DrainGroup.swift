#if RED_CONTROLS
internal import RedControls
#endif

/// The background work of one lifecycle; each piece is registered before it starts, and ``drain()`` waits for all.
///
/// Each piece of work runs in its own task, because a cancelled caller must not interrupt a start or a stop. Each task
/// is entered here before it starts, and leaves at its end, so no task is forgotten.
package final class DrainGroup: Sendable {
    private struct State: Sendable {
        var active = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The groups in whose work the current task runs.
    @TaskLocal private static var enclosing: Set<ObjectIdentifier> = []

    private let state = Locked(State())
    /// The executor of the work; `nil` means the pool.
    ///
    /// Tests use an executor that follows a seed.
    private let executor: (any TaskExecutor)?

    package init(executor: (any TaskExecutor)? = nil) { self.executor = executor }

    /// The number of pieces of work that have not left.
    package var activeCount: Int { self.state.withLock { $0.active } }

    /// Registers a piece of work, then starts it.
    @discardableResult
    package func start(_ name: String? = nil, _ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        self.enter()
        return Task(name: name, executorPreference: self.executor) {
            await Self.$enclosing.withValue(Self.enclosing.union([ObjectIdentifier(self)])) { await work() }
            self.leave()
        }
    }

    /// Runs `work` to its end, even if the caller is cancelled and leaves early.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let result = Promise<Result<Value, any Error>>()
        self.start {
            do { result.resolve(.success(try await work())) } catch { result.resolve(.failure(error)) }
        }
        return try await result.waitUnlessCancelled().get()
    }

    /// Waits until there is no work.
    ///
    /// If the work itself calls this, it returns at once, because it would wait for itself.
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

    /// Registers a piece of work before its start.
    package func enter() { self.state.withLock { $0.active += 1 } }

    /// Ends a piece of work that was entered.
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

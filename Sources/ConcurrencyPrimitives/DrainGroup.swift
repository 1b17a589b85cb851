#if RED_CONTROLS
internal import RedControls
#endif

/// The detached work of one lifecycle: registered before anybody can see it, and awaited by ``drain()``.
///
/// Work runs in its own tasks, because a cancelled caller must not interrupt a stop or a start. Each task is registered
/// here before it starts and leaves at its end, so none is forgotten.
final class DrainGroup: Sendable {
    private struct State: Sendable {
        var active = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The groups that the current task belongs to.
    @TaskLocal private static var enclosing: Set<ObjectIdentifier> = []

    private let state = Mutex(State())
    /// The executor of the work; `nil` means the system's pool.
    ///
    /// Tests use one that follows a seed.
    private let executor: (any TaskExecutor)?

    package init(executor: (any TaskExecutor)? = nil) { self.executor = executor }

    /// The number of tasks that have not left yet.
    var activeCount: Int { self.state.withLock { $0.active } }

    /// Registers a piece of work and starts it.
    @discardableResult
    package func start(_ name: String? = nil, _ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        self.enter()
        return Task(name: name, executorPreference: self.executor) {
            await Self.$enclosing.withValue(Self.enclosing.union([ObjectIdentifier(self)])) { await work() }
            self.leave()
        }
    }

    /// Runs `work` to its end even if the caller is cancelled; a cancelled caller returns early.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let answer = Answer<Value>()
        self.start {
            do { result.resolve(.success(try await work())) } catch { result.resolve(.failure(error)) }
        }
        return try await result.waitUnlessCancelled().get()
    }

    /// Waits until there is no work.
    ///
    /// If it is called from within the work, it returns at once, because it would wait for itself.
    func drain() async {
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

    /// Counts work that is about to start.
    func enter() { self.state.withLock { $0.active += 1 } }

    /// Counts the end of registered work.
    func leave() {
        let waiters = self.state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.active -= 1
            guard state.active == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

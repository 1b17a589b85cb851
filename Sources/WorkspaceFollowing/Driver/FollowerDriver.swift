import AgentRuntime
import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// What a driver keeps for its machine, behind the same lock.
struct DriverParts: Sendable {
    /// Ends an operation.
    enum Handle: Sendable {
        case task(Task<Void, Never>)
        case timer(any RuntimeTimer)
        /// Asks the open stream to close within a limit.
        case stream(@Sendable (Duration?) -> Void)
    }

    var runtime: (any FollowedRuntime)?
    /// What the follower calls when it leaves the barrier of the runtime's client.
    var leave: (@Sendable () -> Void)?
    /// The time limit of a close.
    var closeLimit: Duration?
    fileprivate var handles: [FollowerMachine.Operation: Handle] = [:]
    /// The operations that were told to end before they had a handle.
    fileprivate var toldEarly: Set<FollowerMachine.Operation> = []

    init() {}

    /// Nothing of an operation is left; in the same critical section in which the machine learns it.
    mutating func forget(_ operation: FollowerMachine.Operation) {
        self.handles[operation] = nil
        self.toldEarly.remove(operation)
    }

    /// A dial has become a stream.
    mutating func opened(
        _ operation: FollowerMachine.Operation,
        _ requestClose: @escaping @Sendable (Duration?) -> Void
    ) {
        self.handles[operation] = .stream(requestClose)
    }
}

/// What is behind the lock of a driver.
protocol DrivenState: Sendable {
    var machine: FollowerMachine { get }
    var parts: DriverParts { get set }
    /// Where the runtime is; nil before the source has answered.
    var endpoint: FollowedEndpoint? { get }

    /// See ``FollowerFailure/hadAttached``.
    var hadAttached: Bool { get }

    /// The source has named a runtime, and the follower has joined it.
    mutating func meets(_ found: FollowedEndpoint, after known: FollowedEndpoint?)
}

extension DrivenState {
    var hadAttached: Bool { self.machine.hasAttached }
}

/// Drives a ``FollowerMachine``: lock, decide, unlock, act.
///
/// Every operation of the machine has a handle, which ends it. An operation is registered in the machine before it
/// begins, and its last action is its report. What a stream is, and what a recovery does, is for the conforming type.
protocol FollowerDriver: AnyObject, Sendable {
    associatedtype State: DrivenState

    var configuration: FollowerConfiguration { get }
    var source: any EndpointSource { get }
    var environment: FollowerEnvironment { get }
    var state: Locked<State> { get }
    /// Resolves when nothing of the follower is left.
    var ended: Promise<FollowerEnd> { get }
    /// The tasks of the runtime's client that were left at the end.
    var leftBehind: Locked<[StreamTaskReport]> { get }
    /// Collects what an observer is told; nil if there is none.
    var watch: FollowerWatch? { get }

    /// Lets the machine take a step, and tells the consumer.
    ///
    /// - Parameters:
    ///   - input: What has happened.
    ///   - operation: The operation of which nothing is left; nil if it goes on. It is forgotten in the same critical
    ///     section.
    /// - Returns: The actions to perform.
    func step(_ input: FollowerMachine.Input, ending operation: FollowerMachine.Operation?) -> [FollowerMachine.Action]

    /// Waits until another attempt makes sense, before the source is asked.
    func prepareAttempt() async
    /// The runtime was joined; nothing is done there yet.
    func joined(_ runtime: any FollowedRuntime, at found: FollowedEndpoint, after known: FollowedEndpoint?)
    /// Opens the stream, and reports it; then its end is the report of the operation.
    func dial(_ operation: FollowerMachine.Operation, _ runtime: any FollowedRuntime) async throws
    /// Recovers what was missed, and reports it.
    func recover(_ operation: FollowerMachine.Operation) async
    /// Compares what was delivered with what the runtime has, and reports it.
    func audit(_ operation: FollowerMachine.Operation) async
    /// Nothing comes any more: resolves ``ended``, then wakes the consumer.
    func finished(_ end: FollowerEnd)
}

extension FollowerDriver {
    func prepareAttempt() async {}

    func joined(_ runtime: any FollowedRuntime, at found: FollowedEndpoint, after known: FollowedEndpoint?) {}

    // MARK: Steps

    /// Lets the machine take a step, and performs its actions.
    func input(_ input: FollowerMachine.Input) { self.perform(self.step(input, ending: nil)) }

    /// Reports the end of an operation.
    func report(_ input: FollowerMachine.Input, of operation: FollowerMachine.Operation) {
        self.perform(self.step(input, ending: operation))
    }

    func perform(_ actions: [FollowerMachine.Action]) {
        for action in actions {
            switch action {
            case .ask(let operation): self.start(operation) { await self.ask(operation) }
            case .wait(let operation, let delay): self.wait(operation, delay)
            case .permit(let operation): self.start(operation) { await self.waitForPermit(operation) }
            case .dial(let operation): self.start(operation) { await self.dial(operation) }
            case .recover(let operation, _): self.start(operation) { await self.recover(operation) }
            case .audit(let operation): self.start(operation) { await self.audit(operation) }
            case .cancel(let operation): self.cancel(operation)
            case .state: break
            case .finish(let end): self.finish(end)
            }
        }
    }

    /// Starts the task of an operation, which is registered already.
    private func start(_ operation: FollowerMachine.Operation, _ work: @escaping @Sendable () async -> Void) {
        let task = Task(executorPreference: self.environment.executor) { await work() }
        self.keep(.task(task), for: operation)
    }

    private func keep(_ handle: DriverParts.Handle, for operation: FollowerMachine.Operation) {
        let isLeft = self.state.withLock { state -> Bool? in
            guard state.machine.operations.contains(operation) else { return true }
            // A dial may have become a stream already.
            if case .task = handle, case .stream = state.parts.handles[operation] { return nil }
            state.parts.handles[operation] = handle
            return state.parts.toldEarly.remove(operation) == nil ? nil : false
        }
        switch isLeft {
        case nil: break
        // It was told to end between the step that began it and this line.
        case false?: self.cancel(operation)
        // It has ended already; only a timer can still do something.
        case true?: if case .timer(let timer) = handle { timer.cancel() }
        }
    }

    private func cancel(_ operation: FollowerMachine.Operation) {
        let (handle, limit) = self.state.withLock { state -> (DriverParts.Handle?, Duration?) in
            let handle = state.parts.handles[operation]
            if handle == nil, state.machine.operations.contains(operation) { state.parts.toldEarly.insert(operation) }
            return (handle, state.parts.closeLimit)
        }
        switch handle {
        case .task(let task): task.cancel()
        case .stream(let requestClose): requestClose(limit)
        case .timer(let timer):
            timer.cancel()
            self.report(.left(operation), of: operation)
        case nil: break
        }
    }

    // MARK: Waits

    private func wait(_ operation: FollowerMachine.Operation, _ delay: Duration) {
        self.wait(operation, delay, until: self.environment.now() + delay, wall: self.environment.wall())
    }

    private func wait(_ operation: FollowerMachine.Operation, _ delay: Duration, until: Duration, wall: Int64) {
        // Only a wait before an attempt looks at the wall clock: a machine that has slept should try at once.
        let isSliced = operation.kind == .wait && self.environment.canSleep
        let left = max(.zero, until - self.environment.now())
        let timer = self.environment.timers.schedule(after: isSliced ? min(left, longestSlice) : left) {
            let isOver = self.environment.now() >= until
            #if RED_CONTROLS
            let wall = RedControl.isActive(.wakingUpUnnoticed) ? Int64.max : wall
            #endif
            let hasSlept = self.environment.wall() - wall >= delay.wholeMilliseconds
            if !isSliced || isOver || hasSlept {
                self.report(.waited(operation), of: operation)
            } else {
                self.wait(operation, delay, until: until, wall: wall)
            }
        }
        self.keep(.timer(timer), for: operation)
    }

    // MARK: From the source to the stream

    private func ask(_ operation: FollowerMachine.Operation) async {
        await self.prepareAttempt()
        do {
            let found = try await self.source.endpoint()
            let (known, hasRuntime) = self.state.withLock { ($0.endpoint, $0.parts.runtime != nil) }
            let isSame = known.map { $0.isSameRuntime(as: found) } ?? false
            if !isSame || !hasRuntime {
                guard try await self.change(to: found, from: known) else {
                    // The client of the caller was closed.
                    self.report(.left(operation), of: operation)
                    return self.input(.close)
                }
            }
            self.report(.answered(operation, isSame: isSame), of: operation)
        } catch {
            self.report(.askFailed(operation, self.advised(FollowerFailure(asking: error))), of: operation)
        }
    }

    /// Leaves the old runtime, and joins another one before anything is done there.
    ///
    /// - Returns: False if the client of the runtime is closed.
    private func change(to found: FollowedEndpoint, from known: FollowedEndpoint?) async throws -> Bool {
        let (old, leave) = self.state.withLock { ($0.parts.runtime.take(), $0.parts.leave.take()) }
        leave?()
        if let old { self.note(await old.close(within: nil)) }
        let runtime = try self.environment.connect(found)
        guard let leave = runtime.join({ self.input(.close) }) else { return false }
        self.state.withLock { state in
            (state.parts.runtime, state.parts.leave) = (runtime, leave)
            state.meets(found, after: known)
        }
        self.joined(runtime, at: found, after: known)
        return true
    }

    private func note(_ reports: [StreamTaskReport]) {
        if !reports.isEmpty { self.leftBehind.withLock { $0 += reports } }
    }

    private func waitForPermit(_ operation: FollowerMachine.Operation) async {
        let authority = self.state.withLock { $0.endpoint?.authority ?? "" }
        let isOurs = await self.configuration.dialLimiter.acquire(authority, in: self.environment)
        guard isOurs else { return self.report(.left(operation), of: operation) }
        let actions = self.step(.permitted(operation), ending: operation)
        // Without a dial, which returns it, nobody needs the permit: a close came meanwhile.
        if !actions.contains(where: \.isDial), !self.keepsPermit { self.releasePermit() }
        self.perform(actions)
    }

    private var keepsPermit: Bool {
        #if RED_CONTROLS
        return RedControl.isActive(.dialPermitLost)
        #else
        return false
        #endif
    }

    private func releasePermit() { self.configuration.dialLimiter.release(in: self.environment) }

    private func dial(_ operation: FollowerMachine.Operation) async {
        defer { self.releasePermit() }
        guard let runtime = self.state.withLock({ $0.parts.runtime }) else {
            return self.report(.lost(operation, .noRuntime), of: operation)
        }
        let began = self.watchedNow
        do {
            try await self.dial(operation, runtime)
            if let began { self.watch?.dialled(self.environment.now() - began, nil) }
        } catch {
            if let began { self.watch?.dialled(self.environment.now() - began, error) }
            guard !error.closesFollower else {
                self.report(.left(operation), of: operation)
                return self.input(.close)
            }
            self.report(.lost(operation, self.advised(FollowerFailure(dialling: error))), of: operation)
        }
    }

    /// A stream has ended, and nothing of it is left.
    ///
    /// - Parameters:
    ///   - operation: Its operation.
    ///   - failure: Why; nil if its client was closed, which ends the follower.
    func streamEnded(_ operation: FollowerMachine.Operation, _ failure: FollowerFailure?) {
        guard let failure else {
            self.report(.left(operation), of: operation)
            return self.input(.close)
        }
        self.report(.lost(operation, self.advised(failure)), of: operation)
    }

    /// The failure with the advice of the user's table.
    private func advised(_ failure: FollowerFailure) -> FollowerFailure {
        guard let advice = self.configuration.reconnect.advice else { return failure }
        var failure = failure
        failure.hadAttached = self.state.withLock { $0.hadAttached }
        failure.retry = advice(failure)
        return failure
    }

    // MARK: The end

    private func finish(_ end: FollowerEnd) {
        let (runtime, leave, limit) = self.state.withLock {
            ($0.parts.runtime.take(), $0.parts.leave.take(), $0.parts.closeLimit)
        }
        guard let runtime, runtime.isOwned else {
            // A close of the caller's client returns after it, and its caller then asks how the follower ended.
            self.finished(end)
            leave?()
            return
        }
        // Nothing of the follower is left, so its client has nothing to wait for but kept connections.
        leave?()
        Task(executorPreference: self.environment.executor) {
            self.note(await runtime.close(within: limit))
            self.finished(end)
        }
    }

    /// Asks the follower to end; never waits.
    func requestClose(within limit: Duration? = nil) {
        self.state.withLock { state in
            if let limit { state.parts.closeLimit = state.parts.closeLimit.map { min($0, limit) } ?? limit }
        }
        self.input(.close)
    }

    // MARK: Reading the state

    /// The time of a step.
    var now: Following.Now {
        .init(wall: self.environment.wall(), environment: self.environment)
    }

    /// Asks the runtime what was missed, in a span if there is a tracer.
    func tracingRecovery<Value>(
        _ stream: FollowerObservation.Stream,
        _ ask: () async throws -> Value
    ) async rethrows -> Value {
        let tracer = self.configuration.runtime.activeTracer
        guard let span = RuntimeSpan("agentctl.recovery", tracer, isInternal: true) else { return try await ask() }
        if let endpoint = self.state.withLock({ $0.endpoint?.endpoint }) { span.set(endpoint) }
        span.set("agentctl.stream", stream.rawValue)
        do {
            let value = try await span.run(ask)
            span.end()
            return value
        } catch {
            span.end(error)
            throw error
        }
    }

    /// The time, if there is an observer.
    var watchedNow: Duration? { self.watch == nil ? nil : self.environment.now() }

    /// What the follower is doing now; empty if nothing of it is left.
    var work: [FollowerWork] {
        let operations = self.state.withLock { $0.machine.operations.map(\.work) }
        guard operations.isEmpty, self.ended.value == nil, self.state.withLock({ $0.machine.hasEnded }) else {
            return operations
        }
        return [.closing]
    }

    func waitUntilEnded(within limit: Duration?) async -> [FollowerWork] {
        let verdict = Promise<Bool>()
        self.ended.whenKnown { _ in verdict.resolve(true) }
        let closeTimeout = self.configuration.runtime.closeTimeout
        // The client of the runtime is closed after the follower has left it, with the same limit.
        let bound = (min(limit ?? closeTimeout, closeTimeout) + grace) * 2
        let timer = self.environment.timers.schedule(after: bound) { verdict.resolve(false) }
        defer { timer.cancel() }
        return await verdict.wait() ? [] : self.work
    }
}

/// The longest slice of a wait before an attempt; after it the clocks are compared.
private let longestSlice = Duration.seconds(1)

/// The time after the close timeout in which a follower must end.
private let grace = Duration.seconds(1)

extension FollowerMachine.Operation {
    fileprivate var work: FollowerWork {
        switch self.kind {
        case .ask: .asking
        case .wait, .attachLimit, .auditTimer: .waiting
        case .permit: .queued
        case .stream: .connected
        case .recovery: .recovering
        case .audit: .auditing
        }
    }
}

extension FollowerMachine.Action {
    fileprivate var isDial: Bool { if case .dial = self { true } else { false } }
}

import AgentRuntime
import ConcurrencyPrimitives
import NIOPosix
import WebSocketProtocol
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Drives one follower: lock, decide, unlock, act.
///
/// Every operation of the machine has a handle here, which ends it. An operation is registered in the machine before it
/// begins, and its last action is its report.
@usableFromInline
final class FollowerCore: Sendable {
    struct State: Sendable {
        var following: Following
        var runtime: (any FollowedRuntime)?
        /// What the follower calls when it leaves the barrier of the runtime's client.
        var leave: (@Sendable () -> Void)?
        var handles: [FollowerMachine.Operation: Handle] = [:]
        /// The operations that were told to end before they had a handle.
        var toldEarly: Set<FollowerMachine.Operation> = []
        /// The stream that is open; nil if there is none.
        var stream: (any FollowedStream)?
        /// The waiting consumer.
        var waiter: Waiter?
        var lastWaitID: UInt64 = 0
        /// The reader of the stream, while it waits for room.
        ///
        /// Unsafe, because the checked continuation has no fixed layout, which makes every access to this value slower.
        var reader: UnsafeContinuation<Void, Never>?
        /// Whether the reader must not wait, because its stream is ending.
        var readerPasses = false
        /// A recovery or an audit that waits for room in the queue.
        var roomWait: Promise<Void>?
        /// Resolves when the statuses of all known repositories have come.
        var statusWait: Promise<Void>?
        /// Whether nothing more comes.
        var isOver = false
        /// Whether nobody takes elements.
        var isDiscarding = false
        /// The tasks that wait for a change of the snapshot.
        var observers: [Promise<Void>] = []
        /// The time limit of a close.
        var closeLimit: Duration?
    }

    /// Ends an operation.
    enum Handle: Sendable {
        case task(Task<Void, Never>)
        case timer(any RuntimeTimer)
        case stream(any FollowedStream)
    }

    /// A consumer that waits for elements.
    struct Waiter: Sendable {
        let id: UInt64
        let continuation: UnsafeContinuation<MailboxWake, Never>
        let isElsewhere: Bool
    }

    let configuration: FollowerConfiguration
    private let source: any EndpointSource
    let environment: FollowerEnvironment
    let state: Locked<State>
    /// Resolves when nothing of the follower is left.
    let ended = Promise<FollowerEnd>()
    /// The tasks of the runtime's client that were left at the end.
    let leftBehind = Locked<[StreamTaskReport]>([])

    init(
        source: any EndpointSource,
        configuration: FollowerConfiguration,
        position: FollowerPosition?,
        environment: FollowerEnvironment
    ) {
        (self.source, self.configuration, self.environment) = (source, configuration, environment)
        let following = Following(configuration, position: position, now: environment.wall())
        self.state = Locked(State(following: following))
    }

    var now: Following.Now {
        .init(wall: self.environment.wall(), environment: self.environment)
    }

    // MARK: Steps

    /// Lets the machine take a step, and performs its actions.
    func input(_ input: FollowerMachine.Input) {
        let now = self.now
        let (actions, wake) = self.state.withLock { state in
            let actions = state.following.step(input, now)
            return (actions, state.wake())
        }
        wake.perform()
        self.perform(actions)
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

    private func keep(_ handle: Handle, for operation: FollowerMachine.Operation) {
        let isLeft = self.state.withLock { state -> Bool? in
            guard state.following.machine.operations.contains(operation) else { return true }
            // A dial may have become a stream already.
            if case .task = handle, case .stream = state.handles[operation] { return nil }
            state.handles[operation] = handle
            return state.toldEarly.remove(operation) == nil ? nil : false
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
        let (handle, limit) = self.state.withLock { state in
            if state.handles[operation] == nil { state.toldEarly.insert(operation) }
            return (state.handles[operation], state.closeLimit)
        }
        switch handle {
        case .task(let task): task.cancel()
        case .stream(let stream): stream.requestClose(within: limit)
        case .timer(let timer):
            timer.cancel()
            self.report(.left(operation), of: operation)
        case nil: break
        }
    }

    /// Reports the end of an operation.
    private func report(_ input: FollowerMachine.Input, of operation: FollowerMachine.Operation) {
        self.state.withLock { state in
            state.handles[operation] = nil
            state.toldEarly.remove(operation)
        }
        self.input(input)
    }

    // MARK: Waits

    private func wait(_ operation: FollowerMachine.Operation, _ delay: Duration) {
        self.wait(operation, delay, until: self.environment.now() + delay, wall: self.environment.wall())
    }

    /// The longest slice of a wait before an attempt; after it the clocks are compared.
    private static let slice = Duration.seconds(1)

    private func wait(_ operation: FollowerMachine.Operation, _ delay: Duration, until: Duration, wall: Int64) {
        // Only a wait before an attempt looks at the wall clock: a machine that has slept should try at once.
        let isSliced = operation.kind == .wait
        let left = max(.zero, until - self.environment.now())
        let timer = self.environment.timers.schedule(after: isSliced ? min(left, Self.slice) : left) {
            let isOver = self.environment.now() >= until
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
        do {
            let found = try await self.source.endpoint()
            let known = self.state.withLock { $0.following.endpoint }
            let isSame = known.map { $0.isSameRuntime(as: found) } ?? false
            if !isSame || self.state.withLock({ $0.runtime == nil }) {
                guard try await self.change(to: found, from: known) else {
                    // The client of the caller was closed.
                    self.report(.left(operation), of: operation)
                    return self.input(.close)
                }
            }
            self.report(.answered(operation, isSame: isSame), of: operation)
        } catch {
            let failure = FollowerFailure(asking: error)
            self.report(.askFailed(operation, self.advised(failure)), of: operation)
        }
    }

    /// Leaves the old runtime, and joins another one before anything is done there.
    ///
    /// - Returns: False if the client of the runtime is closed.
    private func change(to found: FollowedEndpoint, from known: FollowedEndpoint?) async throws -> Bool {
        let (old, leave) = self.state.withLock { state in (state.runtime.take(), state.leave.take()) }
        leave?()
        if let old { self.note(await old.close(within: nil)) }
        let runtime = try self.environment.connect(found)
        guard let leave = runtime.join({ self.input(.close) }) else { return false }
        self.state.withLock { state in
            (state.runtime, state.leave) = (runtime, leave)
            state.following.meets(found, after: known)
        }
        return true
    }

    private func note(_ reports: [StreamTaskReport]) {
        if !reports.isEmpty { self.leftBehind.withLock { $0 += reports } }
    }

    private func waitForPermit(_ operation: FollowerMachine.Operation) async {
        let authority = self.state.withLock { $0.following.endpoint?.authority ?? "" }
        let isOurs = await self.configuration.dialLimiter.acquire(authority, in: self.environment)
        guard isOurs else { return self.report(.left(operation), of: operation) }
        let now = self.now
        let actions = self.state.withLock { state in
            state.handles[operation] = nil
            state.toldEarly.remove(operation)
            return state.following.step(.permitted(operation), now)
        }
        // Without a dial, which returns it, nobody needs the permit: a close came meanwhile.
        if !actions.contains(where: \.isDial) { self.releasePermit() }
        self.perform(actions)
    }

    private func releasePermit() { self.configuration.dialLimiter.release(in: self.environment) }

    private func dial(_ operation: FollowerMachine.Operation) async {
        defer { self.releasePermit() }
        guard let runtime = self.state.withLock({ $0.runtime }) else {
            return self.report(.lost(operation, .noRuntime), of: operation)
        }
        self.state.withLock { $0.readerPasses = false }
        do {
            let stream = try await runtime.openStream(to: Receiver(core: self, operation: operation))
            self.state.withLock { state in
                state.handles[operation] = .stream(stream)
                state.stream = stream
            }
            self.input(.dialled(operation))
            stream.whenDrained { self.streamEnded(operation, $0) }
        } catch {
            guard !error.closesFollower else {
                self.report(.left(operation), of: operation)
                return self.input(.close)
            }
            self.report(.lost(operation, self.advised(FollowerFailure(dialling: error))), of: operation)
        }
    }

    private func streamEnded(_ operation: FollowerMachine.Operation, _ end: StreamEnd) {
        let attachesAgain = self.state.withLock { state in
            state.stream = nil
            return state.following.machine.attachesAgain
        }
        guard let failure = FollowerFailure(ending: end, attachesAgain: attachesAgain) else {
            self.report(.left(operation), of: operation)
            return self.input(.close)
        }
        self.report(.lost(operation, self.advised(failure)), of: operation)
    }

    /// The failure with the advice of the user's table.
    private func advised(_ failure: FollowerFailure) -> FollowerFailure {
        guard let advice = self.configuration.reconnect.advice else { return failure }
        var failure = failure
        failure.hadAttached = self.state.withLock { $0.following.machine.hasAttached }
        failure.retry = advice(failure)
        return failure
    }

    // MARK: Recovery and audits

    private func recover(_ operation: FollowerMachine.Operation) async {
        let runtime = self.state.withLock { $0.runtime }
        var answers = RecoveryAnswers()
        await self.waitForRoomInQueue()
        if let runtime { answers = await Questions(core: self, runtime: runtime).forRecovery() }
        let now = self.now
        let (outcome, wake, reader) = self.state.withLock { state in
            state.handles[operation] = nil
            state.toldEarly.remove(operation)
            let outcome = state.following.finishRecovery(operation, answers, now)
            return (outcome, state.wake(), state.takeReader())
        }
        reader?.resume()
        wake.perform()
        self.perform(outcome.actions)
        if outcome.mustAttachAgain { self.input(.attachAgain) }
    }

    private func audit(_ operation: FollowerMachine.Operation) async {
        await self.waitForRoomInQueue()
        let (runtime, suspects) = self.state.withLock { ($0.runtime, $0.following.takeSuspects()) }
        var answers = RecoveryAnswers()
        if let runtime { answers = await Questions(core: self, runtime: runtime).forAudit() }
        let now = self.now
        let (outcome, wake) = self.state.withLock { state in
            state.handles[operation] = nil
            state.toldEarly.remove(operation)
            let outcome = state.following.finishAudit(operation, answers, suspects: suspects, now)
            return (outcome, state.wake())
        }
        wake.perform()
        self.perform(outcome.actions)
        if outcome.mustAttachAgain { self.input(.attachAgain) }
    }

    /// Waits until the consumer has made room for what is recovered, or the task is cancelled.
    private func waitForRoomInQueue() async {
        let promise = Promise<Void>()
        let hasRoom = self.state.withLock { state in
            if state.following.hasRoomForRecovery { return true }
            state.roomWait = promise
            return false
        }
        if !hasRoom { _ = try? await promise.waitUnlessCancelled() }
    }

    /// Waits until the statuses of all known repositories have come, but not longer than this.
    func waitForStatuses(_ limit: Duration) async {
        let promise = Promise<Void>()
        let isComplete = self.state.withLock { state in
            state.statusWait = promise
            return state.following.repositoriesWithoutStatus.isEmpty
        }
        if isComplete { return }
        let timer = self.environment.timers.schedule(after: limit) { promise.resolve(()) }
        _ = try? await promise.waitUnlessCancelled()
        timer.cancel()
    }

    // MARK: The end

    private func finish(_ end: FollowerEnd) {
        let (runtime, leave) = self.state.withLock { state in (state.runtime.take(), state.leave.take()) }
        guard let runtime, runtime.isOwned else {
            // The client of the caller may be waiting, and then asks how the follower ended.
            self.isFinished(end)
            leave?()
            return
        }
        // Nothing of the follower is left, so its client has nothing to wait for but kept connections.
        leave?()
        let limit = self.state.withLock { $0.closeLimit }
        Task(executorPreference: self.environment.executor) {
            self.note(await runtime.close(within: limit))
            self.isFinished(end)
        }
    }

    private func isFinished(_ end: FollowerEnd) {
        let wake = self.state.withLock { state in
            state.isOver = true
            return state.wake()
        }
        self.ended.resolve(end)
        wake.perform()
    }

    /// Asks the follower to end; never waits.
    func requestClose(within limit: Duration? = nil) {
        self.state.withLock { state in
            if let limit { state.closeLimit = state.closeLimit.map { min($0, limit) } ?? limit }
        }
        self.input(.close)
    }
}

/// Gets the events of one stream for its follower.
private struct Receiver: WorkspaceEventReceiver {
    let core: FollowerCore
    let operation: FollowerMachine.Operation

    func receive(
        _ events: [WorkspaceEvent],
        bytes: Int,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> Bool {
        self.core.receive(events, bytes: bytes, of: self.operation, resume: resume)
    }

    func waitForRoom() async { await self.core.waitForRoom() }

    func stopWaiting() { self.core.letReaderPass() }
}

extension FollowerCore {
    fileprivate func receive(
        _ events: [WorkspaceEvent],
        bytes: Int,
        of operation: FollowerMachine.Operation,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> Bool {
        let now = self.now
        var received = Following.Received()
        var waiter: FollowerCore.Waiter?
        var statusWait: Promise<Void>?
        var freed: State.Freed?
        self.state.withLock { state in
            state.following.receive(events, bytes: bytes, of: operation, now, &received)
            if received.hasStatus { statusWait = state.takeStatusWait() }
            if state.isDiscarding {
                freed = state.drop()
            } else if state.waiter != nil, state.following.hasElements {
                waiter = state.waiter.take()
            }
        }
        statusWait?.resolve(())
        if let waiter { if waiter.isElsewhere { resume(waiter.continuation) } else { waiter.continuation.resume(returning: .more) } }
        freed?.perform()
        if let actions = received.actions { self.perform(actions) }
        return received.hasRoom
    }

    fileprivate func waitForRoom() async {
        await withUnsafeContinuation { reader in
            let passes = self.state.withLock { state in
                if state.readerPasses || state.following.mayReadAgain { return true }
                state.reader = reader
                return false
            }
            if passes { reader.resume() }
        }
        // The runtime may have dropped what nobody read.
        let now = self.now
        self.perform(self.state.withLock { $0.following.suspect(now) })
    }

    fileprivate func letReaderPass() {
        let reader = self.state.withLock { state in
            state.readerPasses = true
            return state.reader.take()
        }
        reader?.resume()
    }
}

extension FollowerCore.State {
    /// What waits for a consumer to take elements; resumed outside of the lock.
    struct Freed {
        var reader: UnsafeContinuation<Void, Never>?
        var roomWait: Promise<Void>?
        var observers: [Promise<Void>] = []

        func perform() {
            self.reader?.resume()
            self.roomWait?.resolve(())
            for observer in self.observers { observer.resolve(()) }
        }
    }

    /// What must be resumed outside of the lock.
    struct Wake {
        var waiter: FollowerCore.Waiter?
        var freed: Freed?

        func perform() {
            self.waiter?.continuation.resume(returning: .more)
            self.freed?.perform()
        }
    }

    /// Takes the consumer that waits, if there is something for it.
    mutating func wake() -> Wake {
        if self.isDiscarding { return Wake(freed: self.drop()) }
        guard self.waiter != nil, self.following.hasElements || self.isOver else { return Wake() }
        return Wake(waiter: self.waiter.take())
    }

    /// Takes the recovery that waits for statuses, if all of them have come.
    mutating func takeStatusWait() -> Promise<Void>? {
        guard self.statusWait != nil, self.following.repositoriesWithoutStatus.isEmpty else { return nil }
        return self.statusWait.take()
    }

    /// Whether something waits for a consumer to take elements.
    var isAwaited: Bool { self.reader != nil || self.roomWait != nil || !self.observers.isEmpty }

    /// Takes everything in place of a consumer.
    mutating func drop() -> Freed {
        while self.following.take(4096) != nil {}
        return self.takeFreed()
    }

    /// Takes what waits for a consumer, if it need not wait any more.
    mutating func takeFreed() -> Freed {
        var freed = Freed(reader: self.takeReader(), observers: self.observers)
        self.observers = []
        if self.following.hasRoomForRecovery { freed.roomWait = self.roomWait.take() }
        return freed
    }

    /// Takes the reader that waits, if there is room for it.
    mutating func takeReader() -> UnsafeContinuation<Void, Never>? {
        self.following.mayReadAgain ? self.reader.take() : nil
    }
}

extension FollowerMachine.Action {
    fileprivate var isDial: Bool { if case .dial = self { true } else { false } }
}

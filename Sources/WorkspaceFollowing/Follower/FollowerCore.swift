import AgentRuntime
import ConcurrencyPrimitives
import NIOPosix
import WebSocketProtocol
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Drives the follower of a workspace stream; what it shares with that of an agent stream is in ``FollowerDriver``.
@usableFromInline
final class FollowerCore: FollowerDriver {
    struct State: DrivenState {
        var following: Following
        var parts = DriverParts()
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
        /// The place in a fleet, which takes the elements; nil without a fleet.
        var member: FleetMember?
        /// Whether the fleet knows that there is something to take.
        var isAnnounced = false
        /// The share in the pool of the memory budget that the fleet knows.
        var share = 0
        /// The version of the state of the connection that the fleet knows.
        var toldVersion = 0

        var machine: FollowerMachine { self.following.machine }
        var endpoint: FollowedEndpoint? { self.following.endpoint }
        var hadAttached: Bool { self.following.hasConnected }

        mutating func meets(_ found: FollowedEndpoint, after known: FollowedEndpoint?) {
            self.following.endpoint = found
            self.following.watch?.meets(found)
        }
    }

    /// A consumer that waits for elements.
    struct Waiter: Sendable {
        let id: UInt64
        let continuation: UnsafeContinuation<MailboxWake, Never>
        let isElsewhere: Bool
    }

    let configuration: FollowerConfiguration
    let source: any EndpointSource
    let environment: FollowerEnvironment
    /// The id of the workspace in a fleet; empty without a fleet.
    let workspace: String
    /// Whether it was made by a fleet; then the fleet is told what changes.
    let isMember: Bool
    let state: Locked<State>
    /// Resolves when nothing of the follower is left.
    let ended = Promise<FollowerEnd>()
    /// The tasks of the runtime's client that were left at the end.
    let leftBehind = Locked<[StreamTaskReport]>([])
    let watch: FollowerWatch?

    init(
        source: any EndpointSource,
        configuration: FollowerConfiguration,
        position: FollowerPosition?,
        environment: FollowerEnvironment,
        member: FleetMember? = nil
    ) {
        (self.source, self.configuration, self.environment) = (source, configuration, environment)
        (self.workspace, self.isMember) = (member?.workspace ?? "", member != nil)
        let watch = FollowerWatch(configuration, .workspace, of: member?.workspace)
        self.watch = watch
        let following = Following(configuration, position: position, now: environment.wall(), watch: watch)
        self.state = Locked(State(following: following, member: member))
    }

    func step(
        _ input: FollowerMachine.Input,
        ending operation: FollowerMachine.Operation?
    ) -> [FollowerMachine.Action] {
        let now = self.now
        let (actions, wake) = self.state.withLock { state in
            if let operation { state.parts.forget(operation) }
            let actions = state.following.step(input, now)
            return (actions, state.wake())
        }
        wake.perform()
        if let watch = self.watch { self.tell(watch, now) }
        return actions
    }

    func dial(_ operation: FollowerMachine.Operation, _ runtime: any FollowedRuntime) async throws {
        self.state.withLock { $0.readerPasses = false }
        let stream = try await runtime.openStream(to: Receiver(core: self, operation: operation))
        self.state.withLock { state in
            state.parts.opened(operation) { stream.requestClose(within: $0) }
            state.stream = stream
        }
        self.watch?.opened(stream.workspaceStream?.connectionID)
        self.input(.dialled(operation))
        stream.whenDrained { end in
            let attachesAgain = self.state.withLock { state in
                state.stream = nil
                return state.following.machine.attachesAgain
            }
            self.streamEnded(operation, FollowerFailure(ending: end, attachesAgain: attachesAgain))
        }
    }

    // MARK: Recovery and audits

    func recover(_ operation: FollowerMachine.Operation) async {
        let runtime = self.state.withLock { $0.parts.runtime }
        var answers = RecoveryAnswers()
        let began = self.watchedNow
        await self.waitForRoomInQueue()
        if let runtime {
            let questions = Questions(core: self, runtime: runtime)
            answers = await self.tracingRecovery(.workspace) { await questions.forRecovery() }
        }
        let now = self.now
        let (outcome, wake, reader) = self.state.withLock { state in
            state.parts.forget(operation)
            let outcome = state.following.finishRecovery(operation, answers, now)
            return (outcome, state.wake(), state.takeReader())
        }
        reader?.resume()
        wake.perform()
        if let began, let watch = self.watch {
            watch.recovered(.reconnect, self.environment.now() - began)
            // These may have been the last events.
            self.tell(watch, now)
        }
        self.perform(outcome.actions)
        if outcome.mustAttachAgain { self.input(.attachAgain) }
    }

    func audit(_ operation: FollowerMachine.Operation) async {
        let began = self.watchedNow
        await self.waitForRoomInQueue()
        let (runtime, suspects, shell) = self.state.withLock { state in
            (state.parts.runtime, state.following.takeSuspects(), state.following.received.shell)
        }
        var answers = RecoveryAnswers()
        if let runtime { answers = await Questions(core: self, runtime: runtime).forAudit() }
        let now = self.now
        let (outcome, wake) = self.state.withLock { state in
            state.parts.forget(operation)
            let outcome = state.following.finishAudit(operation, answers, suspects: suspects, shell: shell, now)
            return (outcome, state.wake())
        }
        wake.perform()
        if let began { self.watch?.recovered(.audit, self.environment.now() - began) }
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

    /// Tells the observer what has happened in a step.
    private func tell(_ watch: FollowerWatch, _ now: Following.Now) {
        self.state.withLock { watch.progressed($0.following.progress, now.wall) }
        watch.tell()
    }

    /// Tells the observer what has come, unless it was told less than a second ago.
    fileprivate func tellProgress(_ watch: FollowerWatch, _ now: Following.Now) {
        if watch.isDue(now.wall) { self.tell(watch, now) }
    }

    // MARK: The end

    func finished(_ end: FollowerEnd) {
        let wake = self.state.withLock { state in
            state.isOver = true
            state.following.forgetHeld()
            return state.wake()
        }
        self.ended.resolve(end)
        wake.perform()
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
        var isPaused = false
        if self.isMember {
            let told = self.tellFleet()
            (waiter, isPaused) = (told.consumer ?? waiter, told.isPaused)
        }
        if let waiter {
            if waiter.isElsewhere { resume(waiter.continuation) } else { waiter.continuation.resume(returning: .more) }
        }
        freed?.perform()
        if let watch = self.watch { self.tellProgress(watch, now) }
        if let actions = received.actions { self.perform(actions) }
        if received.hasRoom, isPaused {
            self.state.withLock { $0.following.pausedByFleet() }
            return false
        }
        return received.hasRoom
    }

    /// Tells the fleet what has changed; another step of its own, so that a follower without a fleet pays nothing.
    ///
    /// - Returns: The consumer of the fleet that must be resumed, and whether the budget has stopped the reading.
    func tellFleet() -> (consumer: Waiter?, isPaused: Bool) {
        guard let signal = self.state.withLock({ $0.signal() }) else { return (nil, false) }
        return (signal.perform(), signal.member.isPaused)
    }

    fileprivate func waitForRoom() async {
        await withUnsafeContinuation { reader in
            let passes = self.state.withLock { state in
                if state.readerPasses || state.mayReadAgain { return true }
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
        var signal: FleetSignal?

        func perform() {
            self.waiter?.continuation.resume(returning: .more)
            self.freed?.perform()
            self.signal?.perform()?.continuation.resume(returning: .more)
        }
    }

    /// Takes the consumer that waits, if there is something for it.
    mutating func wake() -> Wake {
        var wake = Wake()
        if self.isDiscarding {
            wake.freed = self.drop()
        } else if self.waiter != nil, self.following.hasElements || self.isOver {
            wake.waiter = self.waiter.take()
        }
        if self.member != nil { wake.signal = self.signal() }
        return wake
    }

    /// Whether the consumer of a fleet takes the elements.
    var isReadByFleet: Bool { self.member?.isReadByFleet ?? false }

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
        self.reader != nil && self.mayReadAgain ? self.reader.take() : nil
    }

    /// Whether a reader that has stopped may read again.
    var mayReadAgain: Bool { self.following.mayReadAgain && self.member?.isPaused != true }
}

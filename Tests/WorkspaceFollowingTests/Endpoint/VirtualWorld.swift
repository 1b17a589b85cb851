import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketProtocol
import WorkspaceProtocol

@testable import WorkspaceFollowing

/// A world in which time passes only when the test says so: an executor, timers, two clocks and random numbers.
///
/// Everything that followers do runs here, on the thread of the test, in an order that depends on nothing else.
final class VirtualWorld: TaskExecutor, RuntimeTimers {
    private final class Timer: RuntimeTimer {
        let work: Locked<(@Sendable () -> Void)?>

        init(_ work: @escaping @Sendable () -> Void) { self.work = Locked(work) }

        func cancel() { self.work.withLock { $0 = nil } }
    }

    private struct State {
        var now = Duration.zero
        /// How far the wall clock is ahead of the time that has passed.
        var wallOffset = Int64(1_700_000_000_000)
        var random: SplitMix64
        var jobs: [UnownedJob] = []
        var timers: [(deadline: Duration, timer: Timer)] = []
    }

    private let state: Locked<State>

    init(seed: UInt64 = 1) { self.state = Locked(State(random: SplitMix64(seed: seed))) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.state.withLock { $0.jobs.append(job) }
    }

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let timer = Timer(work)
        self.state.withLock { $0.timers.append(($0.now + delay, timer)) }
        return timer
    }

    var now: Duration { self.state.withLock { $0.now } }

    var wall: Int64 { self.state.withLock { $0.wallOffset + $0.now.wholeMilliseconds } }

    /// The number of timers that are set.
    var timerCount: Int {
        self.state.withLock { $0.timers.count { entry in entry.timer.work.withLock { $0 != nil } } }
    }

    /// Sets the wall clock forward, or back, as after a sleep of the machine.
    func moveWallClock(by duration: Duration) { self.state.withLock { $0.wallOffset += duration.wholeMilliseconds } }

    /// A number from 0 to 1.
    func random() -> Double { self.state.withLock { Double($0.random.next() >> 11) / Double(1 << 53) } }

    /// Waits in virtual time.
    func sleep(_ delay: Duration) async throws(CancellationError) {
        let promise = Promise<Void>()
        let timer = self.schedule(after: delay) { promise.resolve(()) }
        defer { timer.cancel() }
        try await promise.waitUnlessCancelled()
    }

    /// Runs everything that is ready, without letting time pass.
    func settle() {
        while let job = self.state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    /// Runs one ready job; if none is ready, lets time pass until the next timer.
    ///
    /// - Returns: False if there was nothing to do.
    func step() -> Bool {
        if let job = self.state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            return true
        }
        guard let timer = self.nextTimer(until: self.now + .seconds(1)) else { return false }
        timer.work.withLock { $0.take() }?()
        return true
    }

    /// Lets time pass, with everything that happens in it.
    func run(for duration: Duration) {
        let end = self.now + duration
        self.settle()
        while let timer = self.nextTimer(until: end) {
            timer.work.withLock { $0.take() }?()
            self.settle()
        }
        self.state.withLock { $0.now = end }
    }

    /// The next timer that is set; the time becomes its deadline.
    private func nextTimer(until end: Duration) -> Timer? {
        self.state.withLock { state in
            state.timers.removeAll { entry in entry.timer.work.withLock { $0 == nil } }
            // Of equal deadlines, the timer that was set first.
            guard let first = state.timers.indices.min(by: { state.timers[$0].deadline < state.timers[$1].deadline })
            else { return nil }
            guard state.timers[first].deadline <= end else { return nil }
            let (deadline, timer) = state.timers.remove(at: first)
            state.now = max(state.now, deadline)
            return timer
        }
    }

    /// The environment of followers in this world.
    ///
    /// - Parameter connect: Makes a runtime.
    func environment(
        _ connect: @escaping RuntimeConnector = { _ in throw CancellationError() }
    ) -> FollowerEnvironment {
        FollowerEnvironment(
            connect: connect,
            timers: self,
            now: { self.now },
            wall: { self.wall },
            random: { self.random() },
            executor: self
        )
    }
}

/// The servers of a virtual world, by their addresses, as followers reach them.
final class VirtualServers: Sendable {
    struct Dial: Sendable {
        let at: Duration
        let url: String
    }

    private struct State {
        /// What a dial to an address gives; nil means a stream.
        var failures: [String: AgentRuntimeError] = [:]
        var isEverythingDown = false
        var dials: [Dial] = []
        var dialling = 0
        var largestDialling = 0
        var streams: [ObjectIdentifier: VirtualStream] = [:]
        var members = 0
        var questions = 0
    }

    let world: VirtualWorld
    private let state = Locked(State())
    /// How long a dial takes.
    let latency: Duration

    init(_ world: VirtualWorld, latency: Duration = .milliseconds(1)) { (self.world, self.latency) = (world, latency) }

    var environment: FollowerEnvironment {
        self.world.environment { VirtualRuntime(servers: self, url: $0.endpoint.baseURL.description) }
    }

    var dials: [Dial] { self.state.withLock { $0.dials } }
    /// The largest number of dials at the same time.
    var largestDialling: Int { self.state.withLock { $0.largestDialling } }
    /// The number of open streams.
    var streamCount: Int { self.state.withLock { $0.streams.count } }
    /// The number of followers that have joined a runtime.
    var members: Int { self.state.withLock { $0.members } }
    /// The number of questions of recoveries.
    var questions: Int { self.state.withLock { $0.questions } }

    /// Makes each later dial to an address fail; nil makes it succeed again.
    func fail(_ url: String, with error: AgentRuntimeError?) { self.state.withLock { $0.failures[url] = error } }

    /// Refuses all dials from now on, and ends all streams.
    func stop() {
        let streams = self.state.withLock { state in
            state.isEverythingDown = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.end(StreamEnd(.failed(AgentRuntimeError(.connectionLost, "reset")))) }
    }

    func start() { self.state.withLock { $0.isEverythingDown = false } }

    fileprivate func dial(_ url: String, _ receiver: any WorkspaceEventReceiver) async throws -> any FollowedStream {
        self.state.withLock { state in
            state.dials.append(Dial(at: self.world.now, url: url))
            state.dialling += 1
            state.largestDialling = max(state.largestDialling, state.dialling)
        }
        defer { self.state.withLock { $0.dialling -= 1 } }
        try await self.world.sleep(self.latency)
        let failure = self.state.withLock { state in
            state.isEverythingDown ? AgentRuntimeError(.connectFailed, "refused") : state.failures[url]
        }
        if let failure { throw failure }
        let stream = VirtualStream(servers: self)
        self.state.withLock { $0.streams[ObjectIdentifier(stream)] = stream }
        // The stream is attached a moment after it is open.
        _ = self.world.schedule(after: .milliseconds(1)) {
            let event = WorkspaceEvent(.connected, timestamp: self.world.wall)
            _ = receiver.receive([event], bytes: 40) { $0.resume(returning: .more) }
        }
        return stream
    }

    fileprivate func ended(_ stream: VirtualStream) {
        self.state.withLock { $0.streams[ObjectIdentifier(stream)] = nil }
    }

    fileprivate func member(_ change: Int) { self.state.withLock { $0.members += change } }

    fileprivate func ask() { self.state.withLock { $0.questions += 1 } }
}

final class VirtualStream: FollowedStream {
    private let servers: VirtualServers
    private let drained = Promise<StreamEnd>()

    init(servers: VirtualServers) { self.servers = servers }

    var workspaceStream: WorkspaceStream? { nil }

    func end(_ end: StreamEnd) {
        self.servers.ended(self)
        self.drained.resolve(end)
    }

    func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void) { self.drained.whenKnown(use) }

    func requestClose(within limit: Duration?) {
        _ = self.servers.world.schedule(after: .milliseconds(1)) { self.end(StreamEnd(.closed)) }
    }
}

private struct VirtualRuntime: FollowedRuntime {
    let servers: VirtualServers
    let url: String

    func join(_ cancel: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
        self.servers.member(1)
        return { self.servers.member(-1) }
    }

    func openStream(to receiver: any WorkspaceEventReceiver) async throws -> any FollowedStream {
        try await self.servers.dial(self.url, receiver)
    }

    func close(within limit: Duration?) async -> [StreamTaskReport] { [] }

    private func answer<Value>(_ value: Value) -> Value {
        self.servers.ask()
        return value
    }

    func shellStatus(timeout: Duration) async throws -> ShellStatus { self.answer(ShellStatus()) }
    func shellBuffer(timeout: Duration) async throws -> String { self.answer("") }
    func processes(timeout: Duration) async throws -> [WorkspaceProcess] { self.answer([]) }
    func process(id: String, timeout: Duration) async throws -> WorkspaceProcess? { self.answer(nil) }
    func gitStatus(timeout: Duration) async throws -> GitStatusAnswer { self.answer(GitStatusAnswer()) }
    func gitStatusMulti(timeout: Duration) async throws -> GitStatusListAnswer { self.answer(GitStatusListAnswer()) }

    func gitLog(since: String?, repository: String?, limit: Int, timeout: Duration) async throws -> GitLogAnswer {
        self.answer(GitLogAnswer())
    }
}

extension FollowerConfiguration {
    /// A configuration without audits, so that a follower that is live has no timer.
    static func withoutAudits(_ limiter: DialLimiter = DialLimiter()) -> Self {
        var configuration = Self()
        configuration.recovery.auditInterval = nil
        configuration.dialLimiter = limiter
        return configuration
    }
}

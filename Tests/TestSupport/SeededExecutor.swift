import ConcurrencyPrimitives
import Synchronization

/// Runs tasks on one thread, in an order that a seed decides: the same seed gives the same order.
///
/// Tasks run here with `Task(executorPreference:)`, and so does the code that they call. The executor also runs events:
/// the next actions of a network, a clock or a user. Time is a number; it moves only when nothing else is left to do.
package final class SeededExecutor: TaskExecutor {
    fileprivate enum Work {
        case job(UnownedJob)
        case event(@Sendable () -> Void)
    }

    fileprivate struct Timer {
        var deadline: Duration
        var event: @Sendable () -> Void
    }

    /// Which ready work is chosen more often than by chance.
    fileprivate enum Taste: CaseIterable { case none, newest, oldest }

    fileprivate struct State {
        var random: SplitMix64
        var taste: Taste
        var isSlow: Bool
        var ready: [Work] = []
        /// The jobs that came since the last step; they are sorted before they become ready.
        var arrived: [UnownedJob] = []
        var timers: [Timer] = []
        var now = Duration.zero
        var steps = 0
    }

    /// Whether time also passes while there is something to do, as on a slow machine.
    package let isSlow: Bool
    private let state: Locked<State>

    /// - Parameter seed: Decides the whole order.
    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let isSlow = random.next() % 8 == 0
        self.isSlow = isSlow
        let taste = Taste.allCases[Int(random.next() % UInt64(Taste.allCases.count))]
        self.state = Locked(State(random: random, taste: taste, isSlow: isSlow))
    }

    /// The number of jobs and events that have run.
    package var steps: Int { self.state.withLock { $0.steps } }
    /// The time that has passed on the executor's own clock.
    package var now: Duration { self.state.withLock { $0.now } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.state.withLock { $0.arrived.append(job) }
    }

    /// Makes an event ready; the seed decides when it happens.
    package func post(_ event: @escaping @Sendable () -> Void) {
        self.state.withLock { state in
            // A job that came before it must stay before it.
            state.admit()
            state.ready.append(.event(event))
        }
    }

    /// Makes an event happen later: when nothing else is left to do, or at any time on a slow machine.
    package func post(after delay: Duration, _ event: @escaping @Sendable () -> Void) {
        self.state.withLock { state in
            state.timers.append(Timer(deadline: state.now + delay, event: event))
        }
    }

    /// A number that the seed decides.
    ///
    /// - Parameter bound: More than 0.
    /// - Returns: 0 up to, not including, `bound`.
    package func draw(below bound: Int) -> Int {
        self.state.withLock { Int($0.random.next() % UInt64(bound)) }
    }

    /// Runs until there is nothing to do.
    ///
    /// - Parameter limit: The maximum number of steps.
    /// - Returns: False if there was still something to do after that many steps.
    package func run(limit: Int) -> Bool {
        for _ in 0..<limit {
            switch self.state.withLock({ $0.next() }) {
            case .job(let job): job.runSynchronously(on: self.asUnownedTaskExecutor())
            case .event(let event): event()
            case nil: return true
            }
        }
        return false
    }
}

extension SeededExecutor.State {
    /// Sorts the jobs that one step made ready by the creation of their tasks.
    ///
    /// A dictionary of waiters resumes them in an order that differs from process to process.
    fileprivate mutating func admit() {
        if self.arrived.count > 1 { self.arrived.sort { Self.number(of: $0) < Self.number(of: $1) } }
        self.ready += self.arrived.map { .job($0) }
        self.arrived = []
    }

    private static func number(of job: UnownedJob) -> Int {
        Int(job.description.filter(\.isNumber)) ?? 0
    }

    fileprivate mutating func next() -> SeededExecutor.Work? {
        self.admit()
        self.steps += 1
        if !self.timers.isEmpty, self.ready.isEmpty || (self.isSlow && self.draw(32) == 0) {
            return .event(self.nextTimer())
        }
        guard !self.ready.isEmpty else { return nil }
        return self.ready.remove(at: self.choose())
    }

    private mutating func choose() -> Int {
        let chance = self.draw(self.ready.count)
        guard self.draw(3) != 0 else { return chance }
        return switch self.taste {
        case .none: chance
        case .newest: self.ready.count - 1
        case .oldest: 0
        }
    }

    private mutating func nextTimer() -> @Sendable () -> Void {
        var first = 0
        for index in self.timers.indices where self.timers[index].deadline < self.timers[first].deadline {
            first = index
        }
        let timer = self.timers.remove(at: first)
        self.now = max(self.now, timer.deadline)
        return timer.event
    }

    private mutating func draw(_ bound: Int) -> Int { Int(self.random.next() % UInt64(bound)) }
}

import ConcurrencyPrimitives

/// A clock that a test drives; give it to ``MockServerConfiguration/clock``.
public protocol MockClock: Clock<Duration> {
    /// Lets time pass, and wakes the tasks whose time has come.
    ///
    /// - Parameter duration: How much time; not negative.
    func advance(by duration: Duration)

    /// Waits until this number of tasks sleeps on the clock.
    ///
    /// - Parameter count: The number.
    func waitForSleepers(_ count: Int) async
}

/// A clock that stands still until ``advance(by:)`` is called.
public final class ManualMockClock: MockClock {
    /// A time since the clock was made.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public var offset: Duration

        /// A later time.
        ///
        /// - Parameter duration: How much later.
        /// - Returns: The time.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: self.offset + duration) }

        /// The time from this instant to another one.
        ///
        /// - Parameter other: The other instant.
        /// - Returns: The time; negative if the other instant is earlier.
        public func duration(to other: Instant) -> Duration { other.offset - self.offset }

        /// Whether an instant is earlier than another one.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        /// The deadline of each sleeping task, and what wakes it.
        var sleepers: [ObjectIdentifier: (deadline: Instant, wake: Promise<Void>)] = [:]
    }

    private let state = Locked(State())
    /// Changes with the number of sleepers.
    private let sleeperCount = Watched(0)

    /// Creates a clock at the time 0.
    public init() {}

    /// The time since the clock was made.
    public var now: Instant { self.state.withLock { $0.now } }
    /// There is no resolution: every duration is exact.
    public var minimumResolution: Duration { .zero }

    /// Sleeps until the clock was advanced to a time.
    ///
    /// - Parameters:
    ///   - deadline: The time.
    ///   - tolerance: Has no effect.
    /// - Throws: `CancellationError`.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let wake = Promise<Void>()
        let count = self.state.withLock { state -> Int? in
            guard deadline > state.now else { return nil }
            state.sleepers[ObjectIdentifier(wake)] = (deadline, wake)
            return state.sleepers.count
        }
        guard count != nil else { return try Task.checkCancellation() }
        self.publishCount()
        defer {
            self.state.withLock { $0.sleepers[ObjectIdentifier(wake)] = nil }
            self.publishCount()
        }
        try await wake.waitUnlessCancelled()
    }

    /// Lets time pass, and wakes the tasks whose time has come.
    ///
    /// - Parameter duration: How much time; not negative.
    public func advance(by duration: Duration) {
        let due = self.state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        self.publishCount()
        for sleeper in due { sleeper.wake.resolve(()) }
    }

    /// When the next sleeping task wakes; nil if none sleeps.
    public var nextDeadline: Instant? { self.state.withLock { state in state.sleepers.values.map(\.deadline).min() } }

    /// Lets time pass while a condition is true, in steps from one deadline of a sleeping task to the next.
    ///
    /// So a back-off of minutes takes milliseconds:
    ///
    /// ```swift
    /// try await clock.advance { runtime.server.connectionCount == 0 }
    /// ```
    ///
    /// Take a condition that is true only while everybody waits for time. Otherwise a time limit of something that runs
    /// may pass, too: on this clock nothing that really happens takes any time.
    ///
    /// - Parameters:
    ///   - pause: The real time between two steps, in which the tasks that woke can run. Default: 1 ms.
    ///   - limit: The limit, in real time. Default: 10 s.
    ///   - condition: Asked before each step.
    /// - Throws: ``MockServerError`` with `timedOut`; `CancellationError`.
    public func advance(
        pause: Duration = .milliseconds(1),
        within limit: Duration = .seconds(10),
        while condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await condition() {
            guard ContinuousClock.now < end else {
                let text = "The condition was still true after \(limit); on the clock it is \(self.now.offset)."
                throw MockServerError(.timedOut, text)
            }
            if let next = self.nextDeadline { self.advance(by: max(.zero, self.now.duration(to: next))) }
            try await Task.sleep(for: pause)
        }
    }

    /// Waits until this number of tasks sleeps on the clock.
    ///
    /// - Parameter count: The number.
    public func waitForSleepers(_ count: Int) async { try? await self.sleeperCount.wait { $0 >= count } }

    private func publishCount() {
        self.sleeperCount.update { [state] count in count = state.withLock { $0.sleepers.count } }
    }
}

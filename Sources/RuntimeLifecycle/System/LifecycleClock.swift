internal import Glibc

/// The clock of the lifecycle; tests use one that they control by hand.
package protocol LifecycleClock: Sendable {
    /// Monotonic time since a fixed but unspecified start.
    var now: Duration { get }
    /// Suspends until `deadline`; throws `CancellationError` if the task is cancelled first.
    func sleep(until deadline: Duration) async throws
}

/// The system's monotonic clock.
package struct SystemClock: LifecycleClock {
    package init() {}

    package var now: Duration { Self.now }

    /// The clock of `poll` and ``DescriptorWatcher``.
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Milliseconds since 1970, for people who read records; it never decides anything.
    static var wallMilliseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(max(0, time.tv_nsec)) / 1_000_000
    }

    package func sleep(until deadline: Duration) async throws {
        let rest = deadline - Self.now
        if rest > .zero { try await Task.sleep(for: rest, clock: .continuous) }
        try Task.checkCancellation()
    }
}

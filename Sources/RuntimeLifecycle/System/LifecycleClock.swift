/// Where the lifecycle gets its time from; tests give it a clock they turn by hand.
package protocol LifecycleClock: Sendable {
    /// Monotonic time since a fixed but unspecified start.
    var now: Duration { get }
    /// Suspends until `deadline`; throws `CancellationError` when the task is cancelled first.
    func sleep(until deadline: Duration) async throws
}

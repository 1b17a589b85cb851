/// The clock of the lifecycle; tests use one that they control by hand.
package protocol LifecycleClock: Sendable {
    /// Monotonic time since a fixed but unspecified start.
    var now: Duration { get }
    /// Suspends until `deadline`; throws `CancellationError` if the task is cancelled first.
    func sleep(until deadline: Duration) async throws
}

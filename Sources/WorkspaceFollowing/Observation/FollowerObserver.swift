/// Gets what happens to followers as values; for metrics, see `WorkspaceMetrics`.
///
/// ```swift
/// configuration.observer = FollowerObserver { observation in
///     if case .gap(let gap) = observation.kind { print("missing:", gap.scope.name, gap.cause) }
/// }
/// ```
///
/// There is no observation per event: they come when a state changes, with each gap, after each recovery, and at most
/// once a second while events come. Without an observer, none are created.
///
/// The closure is called outside of every lock. The observations of one stream come in their order, one at a time; those
/// of several streams come at the same time. It runs on an event loop or in a task of the follower, so it must not block,
/// wait for a follower or take long: let it count, or pass the observation on.
public final class FollowerObserver: Sendable {
    let onObservation: @Sendable (FollowerObservation) -> Void

    /// Creates an observer, for any number of followers.
    ///
    /// - Parameter onObservation: Called for each observation; must not block.
    public init(_ onObservation: @escaping @Sendable (FollowerObservation) -> Void) {
        self.onObservation = onObservation
    }

    /// Gives the observer an observation, for tests and for programs that pass observations on.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - kind: What has happened.
    public func observe(_ stream: FollowerObservation.Stream, _ kind: FollowerObservation.Kind) {
        self.onObservation(FollowerObservation(stream, kind))
    }

    /// Gives each observation to several observers, in this order.
    ///
    /// - Parameter observers: The observers.
    /// - Returns: One observer for all of them.
    public static func all(_ observers: [FollowerObserver]) -> FollowerObserver {
        FollowerObserver { observation in
            for observer in observers { observer.onObservation(observation) }
        }
    }
}

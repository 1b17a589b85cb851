package import AgentRuntime
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a follower needs from the world around it; tests replace it.
///
/// An object, so that it can be handed on for each batch without a count for each of its members.
package final class FollowerEnvironment: Sendable {
    /// Makes the runtime for an endpoint.
    package let connect: RuntimeConnector
    /// The timers.
    package let timers: any RuntimeTimers
    /// The time of a monotonic clock.
    package let now: @Sendable () -> Duration
    /// Our wall clock, in milliseconds since 1970.
    package let wall: @Sendable () -> Int64
    /// A number from 0 to 1.
    package let random: @Sendable () -> Double
    /// Whether the machine can sleep during a wait: then the wall clock passes, and the monotonic one does not.
    package let canSleep: Bool
    /// Where the tasks run; nil means the pool.
    package let executor: (any TaskExecutor)?

    package init(
        connect: @escaping RuntimeConnector,
        timers: any RuntimeTimers,
        now: @escaping @Sendable () -> Duration,
        wall: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> Double,
        canSleep: Bool = true,
        executor: (any TaskExecutor)? = nil
    ) {
        (self.connect, self.timers, self.now, self.wall) = (connect, timers, now, wall)
        (self.random, self.canSleep, self.executor) = (random, canSleep, executor)
    }

    /// The real world: a client for each endpoint.
    static func real(_ configuration: AgentRuntimeConfiguration) -> FollowerEnvironment {
        Self.real(timers: AgentRuntimeClient.timers(configuration), clock: configuration.clock) { endpoint in
            var configuration = configuration
            // Set only if it is needed: otherwise each client would have a configuration of its own.
            if let generation = endpoint.generation, configuration.logger.logLevel <= .debug {
                configuration.logger = configuration.logger.naming(workspace: nil, generation: generation)
            }
            return ClientRuntime(
                client: try AgentRuntimeClient(endpoint: endpoint.endpoint, configuration: configuration),
                isOwned: true
            )
        }
    }

    /// A runtime whose client belongs to the caller.
    static func real(sharing client: AgentRuntimeClient) -> FollowerEnvironment {
        Self.real(timers: client.timers, clock: client.clock) { _ in ClientRuntime(client: client, isOwned: false) }
    }

    private static func real(
        timers: any RuntimeTimers,
        clock: (any Clock<Duration>)?,
        _ connect: @escaping RuntimeConnector
    ) -> FollowerEnvironment {
        guard clock == nil else {
            // Both clocks pass together, as if the machine never slept.
            let (begin, wall) = (timers.now, Self.wallClock())
            return FollowerEnvironment(
                connect: connect,
                timers: timers,
                now: { timers.now },
                wall: { wall + (timers.now - begin).wholeMilliseconds },
                random: { Double.random(in: 0...1) },
                canSleep: false
            )
        }
        return FollowerEnvironment(
            connect: connect,
            timers: timers,
            now: { Self.monotonic() },
            wall: { Self.wallClock() },
            random: { Double.random(in: 0...1) }
        )
    }

    private static func monotonic() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec / 1_000_000)
    }
}

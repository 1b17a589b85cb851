import AgentRuntime
import MockAgentServer
import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("A follower on a clock of its own", .timeLimit(.minutes(1)))
struct FollowerClockTests {
    @Test("It never shares the bounds of dials of everybody; given bounds stay, and without a clock nothing changes")
    func limiter() {
        let configuration = FollowerConfiguration()
        #expect(configuration.on(nil).dialLimiter === DialLimiter.shared)
        #expect(configuration.on(ManualMockClock()).dialLimiter !== DialLimiter.shared)
        var bounded = configuration
        bounded.dialLimiter = DialLimiter()
        #expect(bounded.on(ManualMockClock()).dialLimiter === bounded.dialLimiter)
    }

    @Test("Its time stands still with the clock, and both of its clocks go on with it")
    func time() throws {
        let clock = ManualMockClock()
        var configuration = AgentRuntimeConfiguration()
        configuration.clock = clock
        let environment = FollowerEnvironment.real(configuration)
        let (now, wall) = (environment.now(), environment.wall())
        #expect(environment.now() == now && environment.wall() == wall)
        clock.advance(by: .seconds(90))
        #expect(environment.now() - now == .seconds(90))
        #expect(environment.wall() - wall == 90_000)
        #expect(!environment.canSleep && FollowerEnvironment.real(AgentRuntimeConfiguration()).canSleep)
    }

    @Test("A follower of a client waits on the client's clock")
    func ofClient() async throws {
        let clock = ManualMockClock()
        try await withMockRuntime { runtime in
            var configuration = AgentRuntimeConfiguration()
            configuration.clock = clock
            let client = try AgentRuntimeClient(
                endpoint: RuntimeEndpoint(runtime.address.url),
                configuration: configuration
            )
            let follower = try WorkspaceFollower(of: client)
            follower.discardElements()
            follower.start()
            try await runtime.expect(connections: 1)
            await runtime.stop()
            try await eventually("a wait") { follower.snapshot.connection.name == "waiting" }
            try await runtime.start()
            // The wait sleeps on the clock, which stands still.
            await clock.waitForSleepers(1)
            #expect(follower.snapshot.connection.name == "waiting" && clock.now.offset == .zero)
            try await clock.advance { runtime.server.connectionCount == 0 }
            #expect(clock.now.offset > .zero)
            #expect(await client.close().isEmpty)
        }
    }
}

import AgentRuntime
import TestSupport
import Testing

@testable import WorkspaceFollowing

/// One follower, and a close after each single step of it: every job, and every timer.
@Suite("A close at any moment of an attempt")
struct AttemptTests {
    private struct Run {
        let servers: VirtualServers
        let limiter = DialLimiter(maximumDials: 2)
        let follower: WorkspaceFollower

        init(latency: Duration = .milliseconds(5)) throws {
            self.servers = VirtualServers(VirtualWorld(), latency: latency)
            self.follower = WorkspaceFollower(
                of: StaticEndpointSource(try RuntimeEndpoint("ws://runtime:8080/")),
                configuration: .withoutAudits(self.limiter),
                environment: self.servers.environment
            )
        }

        /// Takes steps.
        ///
        /// - Returns: False if there was nothing more to do.
        func advance(_ steps: Int) -> Bool { (0..<steps).allSatisfy { _ in self.servers.world.step() } }

        func close() {
            self.follower.requestClose()
            self.servers.world.run(for: .seconds(10))
            #expect(self.follower.end == .closed && self.follower.work.isEmpty)
            #expect(self.servers.streamCount == 0 && self.servers.members == 0)
            #expect(self.servers.world.timerCount == 0)
            // No permit was lost.
            #expect(self.limiter.isIdle)
        }
    }

    @Test(
        "After each step from the start until it is live, after the loss, and until it is live again, nothing is left"
    )
    func closeAtEachStep() throws {
        var steps = 0
        var wasLive = false
        while true {
            let run = try Run()
            run.follower.start()
            guard run.advance(steps) else { break }
            wasLive = run.follower.core.isLive
            run.close()
            steps += 1
        }
        #expect(wasLive && steps > 5, "\(steps)")
        let first = steps
        steps = 0
        wasLive = false
        while true {
            let run = try Run()
            run.follower.start()
            _ = run.advance(first)
            run.servers.stop()
            run.servers.start()
            guard run.advance(steps) else { break }
            wasLive = run.follower.core.isLive
            run.close()
            steps += 1
        }
        #expect(wasLive && steps > 10, "\(steps)")
    }

    @Test("A close between the grant of a permit and the dial returns the permit to those who wait")
    func permitIsReturned() throws {
        for steps in 0..<60 {
            let servers = VirtualServers(VirtualWorld(), latency: .milliseconds(50))
            let limiter = DialLimiter(maximumDials: 1)
            let followers = try (0..<3).map { index in
                WorkspaceFollower(
                    of: StaticEndpointSource(try RuntimeEndpoint("ws://runtime-\(index):8080/")),
                    configuration: .withoutAudits(limiter),
                    environment: servers.environment
                )
            }
            for follower in followers { follower.start() }
            for _ in 0..<steps { _ = servers.world.step() }
            followers[1].requestClose()
            servers.world.run(for: .seconds(10))
            #expect(followers[0].core.isLive && followers[2].core.isLive && followers[1].end == .closed)
            #expect(limiter.isIdle && servers.largestDialling == 1)
        }
    }
}

import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import WorkspaceFollowing

/// When a follower tries again, in virtual time.
@Suite("Attempts of a follower")
struct ReconnectTests {
    private static let url = "ws://runtime:8080/"

    private static func follower(
        _ servers: VirtualServers,
        of source: (any EndpointSource)? = nil,
        _ change: (inout FollowerConfiguration) -> Void = { _ in }
    ) throws -> WorkspaceFollower {
        var configuration = FollowerConfiguration.withoutAudits()
        change(&configuration)
        return WorkspaceFollower(
            of: try source ?? StaticEndpointSource(RuntimeEndpoint(Self.url)),
            configuration: configuration,
            environment: servers.environment
        )
    }

    private static func end(_ follower: WorkspaceFollower, _ servers: VirtualServers) {
        follower.requestClose()
        servers.world.run(for: .seconds(1))
        #expect(follower.end == .closed && follower.work.isEmpty)
        #expect(servers.members == 0 && servers.world.timerCount == 0)
    }

    @Test("The first connection asks nothing; after a lost one it is live again within 250 ms, with a recovery")
    func returns() throws {
        let servers = VirtualServers(VirtualWorld())
        let follower = try Self.follower(servers)
        #expect(follower.work.isEmpty && servers.dials.isEmpty)
        follower.start()
        follower.start()
        servers.world.run(for: .milliseconds(10))
        #expect(follower.core.isLive)
        #expect(servers.questions == 0)
        servers.stop()
        servers.start()
        servers.world.run(for: .milliseconds(300))
        #expect(follower.core.isLive)
        #expect(servers.questions > 0)
        #expect(servers.dials.count == 2)
        Self.end(follower, servers)
    }

    @Test("While a runtime is down, the waits become longer, up to 20 s; ten good seconds start the count again")
    func backOff() throws {
        let servers = VirtualServers(VirtualWorld(seed: 11))
        let follower = try Self.follower(servers)
        servers.stop()
        follower.start()
        servers.world.run(for: .seconds(600))
        let times = servers.dials.map(\.at)
        let waits = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(waits.allSatisfy { $0 <= .milliseconds(20_002) })
        #expect(waits.count > 600 / 20 && waits.count < 150)
        for (index, wait) in waits.enumerated().dropFirst() {
            let bound = min(20_000, 500 << min(index - 1, 10)) + 2
            #expect(wait >= .milliseconds(100) && wait <= .milliseconds(bound))
        }
        servers.start()
        servers.world.run(for: .seconds(20))
        #expect(follower.core.isLive)
        // Nine seconds are not enough.
        #expect(follower.core.state.withLock { $0.following.machine.failures } > 1)
        servers.world.run(for: .seconds(20))
        servers.stop()
        servers.world.settle()
        #expect(follower.core.state.withLock { $0.following.machine.failures } == 1)
        Self.end(follower, servers)
    }

    @Test("A machine that has slept tries again within a second of its waking")
    func wakesUp() throws {
        let servers = VirtualServers(VirtualWorld())
        let follower = try Self.follower(servers) { $0.reconnect.firstRetry = .seconds(600) }
        servers.stop()
        follower.start()
        servers.world.run(for: .milliseconds(100))
        #expect(follower.work == [.waiting] && servers.dials.count == 1)
        servers.start()
        servers.world.run(for: .seconds(3))
        #expect(servers.dials.count == 1)
        // The monotonic clock of Linux stands still while the machine sleeps.
        servers.world.moveWallClock(by: .seconds(3600))
        servers.world.run(for: .milliseconds(1100))
        #expect(servers.dials.count == 2 && follower.core.isLive)
        Self.end(follower, servers)
    }

    @Test("A wall clock that is set back does not make a wait longer; one that is set forward makes it shorter")
    func clockIsSet() throws {
        let servers = VirtualServers(VirtualWorld(seed: 2))
        let follower = try Self.follower(servers) {
            $0.reconnect.firstRetry = .zero
            ($0.reconnect.shortestWait, $0.reconnect.longestWait) = (.seconds(20), .seconds(20))
        }
        servers.stop()
        follower.start()
        servers.world.run(for: .milliseconds(100))
        #expect(servers.dials.count == 2)
        let begin = servers.dials[1].at
        servers.world.moveWallClock(by: .seconds(-3600))
        servers.world.run(for: .seconds(21))
        #expect(servers.dials.count == 3)
        #expect(servers.dials[2].at - begin >= .seconds(20) && servers.dials[2].at - begin <= .milliseconds(20_100))
        servers.world.moveWallClock(by: .seconds(5))
        servers.world.run(for: .seconds(13))
        #expect(servers.dials.count == 3)
        servers.world.run(for: .seconds(2))
        #expect(servers.dials.count == 4)
        Self.end(follower, servers)
    }

    @Test("reconnectNow() cuts a wait short, and does nothing while the connection is live")
    func now() throws {
        let servers = VirtualServers(VirtualWorld())
        let follower = try Self.follower(servers) { $0.reconnect.firstRetry = .seconds(600) }
        servers.stop()
        follower.start()
        servers.world.run(for: .milliseconds(100))
        servers.start()
        follower.reconnectNow()
        servers.world.run(for: .milliseconds(100))
        #expect(servers.dials.count == 2 && follower.core.isLive)
        follower.reconnectNow()
        servers.world.run(for: .seconds(10))
        #expect(servers.dials.count == 2 && follower.core.isLive)
        Self.end(follower, servers)
    }

    @Test("Retry-After of a refusal is waited for, and a very long one is 5 min", arguments: [7, 100_000])
    func retryAfter(seconds: Int) throws {
        let servers = VirtualServers(VirtualWorld())
        let follower = try Self.follower(servers)
        let refusal = ControlRefusal(status: 503, fields: ["Retry-After": "\(seconds)"])
        servers.fail(Self.url, with: AgentRuntimeError(.refused, "busy", cause: refusal))
        follower.start()
        servers.world.run(for: .milliseconds(10))
        servers.fail(Self.url, with: nil)
        let wait = Duration.seconds(min(seconds, 300))
        servers.world.run(for: wait - .milliseconds(10))
        #expect(servers.dials.count == 1)
        servers.world.run(for: .milliseconds(300))
        #expect(servers.dials.count == 2 && follower.core.isLive)
        Self.end(follower, servers)
    }

    @Test("A failure that no retry can mend ends it; the user's table can say otherwise")
    func terminal() throws {
        let servers = VirtualServers(VirtualWorld())
        servers.fail(Self.url, with: AgentRuntimeError(.unauthorized, "401"))
        let follower = try Self.follower(servers)
        follower.start()
        servers.world.run(for: .seconds(60))
        guard case .failed(let failure) = follower.end else {
            Issue.record("\(String(describing: follower.end))")
            return
        }
        #expect(failure.kind == .dial && failure.error?.code == .unauthorized && failure.retry == .never)
        #expect(servers.dials.count == 1 && servers.members == 0 && servers.world.timerCount == 0)

        let seen = Locked<[FollowerFailure]>([])
        let other = try Self.follower(servers) {
            $0.reconnect.advice = { failure in
                seen.withLock { $0.append(failure) }
                return .after(.seconds(1))
            }
        }
        other.start()
        servers.world.run(for: .seconds(30))
        #expect(other.end == nil)
        #expect(seen.withLock { $0.count } > 20)
        #expect(seen.withLock { $0 }.allSatisfy { $0.retry == .never && !$0.hadAttached })
        Self.end(other, servers)
    }

    @Test("The number of attempts, and the time, can be limited")
    func givesUp() throws {
        let servers = VirtualServers(VirtualWorld())
        servers.stop()
        let counted = try Self.follower(servers) { $0.reconnect.maximumAttempts = 4 }
        counted.start()
        servers.world.run(for: .seconds(60))
        guard case .gaveUp = counted.end else {
            Issue.record("\(String(describing: counted.end))")
            return
        }
        #expect(servers.dials.count == 4)
        let timed = try Self.follower(servers) { $0.reconnect.maximumTime = .seconds(30) }
        timed.start()
        let begin = servers.world.now
        servers.world.run(for: .seconds(120))
        guard case .gaveUp = timed.end else {
            Issue.record("\(String(describing: timed.end))")
            return
        }
        let last = try #require(servers.dials.last).at - begin
        #expect(last >= .seconds(29) && last <= .seconds(51))
        #expect(servers.world.timerCount == 0 && servers.members == 0)
    }
}

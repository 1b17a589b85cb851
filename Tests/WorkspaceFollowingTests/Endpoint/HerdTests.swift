import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import WorkspaceFollowing

/// Many followers lose their connections at the same moment, in virtual time.
///
/// The documented time: a dial every 20 to 30 ms to one authority makes 500 dials in 10 to 15 s, after at most 250 ms
/// before the first one.
@Suite("A herd of followers", .timeLimit(.minutes(2)))
struct HerdTests {
    private static let count = 500

    /// The followers, all live.
    private static func herd(_ servers: VirtualServers, hosts: Int = 1) throws -> [WorkspaceFollower] {
        let limiter = DialLimiter()
        let followers = try (0..<Self.count).map { index in
            // Workspaces behind one gateway: the same host, each with a path of its own.
            let endpoint = try RuntimeEndpoint("ws://gateway-\(index % hosts):8080/ws-\(index)")
            return WorkspaceFollower(
                of: StaticEndpointSource(endpoint),
                configuration: .withoutAudits(limiter),
                environment: servers.environment
            )
        }
        for follower in followers { follower.start() }
        servers.world.run(for: .seconds(20))
        #expect(followers.allSatisfy { $0.core.isLive })
        #expect(servers.streamCount == Self.count)
        return followers
    }

    /// The largest number of dials to one host within a second.
    private static func largestRate(_ dials: [VirtualServers.Dial]) -> Int {
        var largest = 0
        for times in Dictionary(grouping: dials, by: { $0.host }).values.map({ $0.map(\.at) }) {
            var first = 0
            for (index, time) in times.enumerated() {
                while time - times[first] >= .seconds(1) { first += 1 }
                largest = max(largest, index - first + 1)
            }
        }
        return largest
    }

    private static func end(_ followers: [WorkspaceFollower], _ servers: VirtualServers) {
        for follower in followers { follower.requestClose() }
        servers.world.run(for: .seconds(1))
        #expect(followers.allSatisfy { $0.end == .closed && $0.work.isEmpty })
        #expect(servers.streamCount == 0 && servers.members == 0 && servers.world.timerCount == 0)
    }

    @Test("500 lose one host that is back at once: all are live again after 10 to 15.5 s, within both bounds")
    func restart() throws {
        let servers = VirtualServers(VirtualWorld(seed: 3), latency: .milliseconds(5))
        let followers = try Self.herd(servers)
        let (before, lost) = (servers.dials.count, servers.world.now)
        servers.stop()
        servers.start()
        servers.world.settle()
        #expect(servers.streamCount == 0)
        while servers.streamCount < Self.count, servers.world.now - lost < .seconds(60) {
            servers.world.run(for: .milliseconds(10))
        }
        let time = servers.world.now - lost
        #expect(time >= .seconds(10) && time <= .milliseconds(15_500), "\(time)")
        servers.world.run(for: .seconds(1))
        #expect(followers.allSatisfy { $0.core.isLive })
        let dials = servers.dials.dropFirst(before)
        // Each has dialled once.
        #expect(dials.count == Self.count && Set(dials.map(\.url)).count == Self.count)
        #expect(Self.largestRate(Array(dials)) <= 50)
        #expect(servers.largestDialling <= 32)
        Self.end(followers, servers)
    }

    @Test("Slow dials to ten hosts: at most 32 at once, and at most 50 per second and host")
    func slowDials() throws {
        let servers = VirtualServers(VirtualWorld(seed: 4), latency: .milliseconds(500))
        let followers = try Self.herd(servers, hosts: 10)
        let lost = servers.world.now
        servers.stop()
        servers.start()
        // 500 dials of 0.5 s, 32 at once, take 8 s.
        servers.world.run(for: .milliseconds(8_700))
        #expect(servers.streamCount == Self.count, "\(servers.world.now - lost)")
        #expect(servers.largestDialling == 32)
        #expect(Self.largestRate(servers.dials) <= 50)
        servers.world.run(for: .seconds(1))
        Self.end(followers, servers)
    }

    @Test("A host that is down for a minute: the bounds hold all the time, and all are back within 35 s")
    func longOutage() throws {
        let servers = VirtualServers(VirtualWorld(seed: 5), latency: .milliseconds(5))
        let followers = try Self.herd(servers)
        servers.stop()
        servers.world.run(for: .seconds(60))
        #expect(servers.streamCount == 0)
        servers.start()
        // The longest wait is 20 s; then the queue of dials takes up to 15 s.
        servers.world.run(for: .milliseconds(35_500))
        #expect(servers.streamCount == Self.count)
        servers.world.run(for: .seconds(1))
        #expect(followers.allSatisfy { $0.core.isLive })
        #expect(Self.largestRate(servers.dials) <= 50)
        #expect(servers.largestDialling <= 32)
        Self.end(followers, servers)
    }

    @Test("A close while all wait, queue or dial leaves nothing")
    func closeInTheMiddle() throws {
        let servers = VirtualServers(VirtualWorld(seed: 6), latency: .milliseconds(100))
        let followers = try Self.herd(servers)
        servers.stop()
        servers.start()
        servers.world.run(for: .milliseconds(300))
        let works = Set(followers.flatMap(\.work))
        #expect(works.isSuperset(of: [.queued, .connected]))
        Self.end(followers, servers)
    }
}

extension VirtualServers.Dial {
    /// The host of the URL.
    fileprivate var host: Substring { self.url.dropFirst("ws://".count).prefix { $0 != "/" } }
}

extension FollowerCore {
    /// Whether the connection is live, by the machine.
    var isLive: Bool { self.state.withLock { $0.following.machine.isLive } }
}

import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WorkspaceFollowing

@Suite("Where the runtime is")
struct EndpointSourceTests {
    /// A source whose answer a test changes.
    private final class Source: EndpointSource {
        let answer: Locked<Result<FollowedEndpoint, AgentRuntimeError>>
        let count = Locked(0)

        init(_ url: String, instance: String? = nil, generation: Int? = nil) throws {
            self.answer = Locked(.success(try Self.endpoint(url, instance, generation)))
        }

        func set(_ url: String, instance: String? = nil, generation: Int? = nil) throws {
            let endpoint = try Self.endpoint(url, instance, generation)
            self.answer.withLock { $0 = .success(endpoint) }
        }

        private static func endpoint(
            _ url: String,
            _ instance: String?,
            _ generation: Int?
        ) throws -> FollowedEndpoint {
            FollowedEndpoint(try RuntimeEndpoint(url, instanceID: instance), generation: generation)
        }

        func endpoint() throws -> FollowedEndpoint {
            self.count.withLock { $0 += 1 }
            return try self.answer.withLock { $0 }.get()
        }
    }

    private static let (here, there) = ("ws://here:8080/", "ws://there:8080/")
    private static let gone = AgentRuntimeError(.instanceGone, "recycled")

    private static func follower(_ source: any EndpointSource, _ servers: VirtualServers) -> WorkspaceFollower {
        WorkspaceFollower(of: source, configuration: .withoutAudits(), environment: servers.environment)
    }

    private static func end(_ follower: WorkspaceFollower, _ servers: VirtualServers) {
        follower.requestClose()
        servers.world.run(for: .seconds(1))
        #expect(follower.end == .closed && follower.work.isEmpty)
        #expect(servers.members == 0 && servers.world.timerCount == 0)
    }

    /// The gaps that wait for the consumer.
    private static func gaps(_ follower: WorkspaceFollower) -> [Gap] {
        follower.core.state.withLock { $0.following.queue.waiting }.compactMap { element in
            if case .gap(let gap) = element { gap } else { nil }
        }
    }

    @Test("The source is asked before every attempt, so a runtime that moved is followed, with a gap that says so")
    func moved() throws {
        let servers = VirtualServers(VirtualWorld())
        let source = try Source(Self.here)
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .seconds(1))
        #expect(source.count.withLock { $0 } == 1)
        try source.set(Self.there)
        // Nobody asks while the connection is good.
        servers.world.run(for: .seconds(100))
        #expect(source.count.withLock { $0 } == 1)
        servers.stop()
        servers.start()
        servers.world.run(for: .seconds(1))
        #expect(source.count.withLock { $0 } == 2)
        #expect(servers.dials.map(\.url) == [Self.here, Self.there])
        #expect(follower.endpoint?.endpoint.baseURL.description == Self.there)
        #expect(Self.gaps(follower).first?.cause == .replaced)
        // It has left the old runtime.
        #expect(servers.members == 1)
        Self.end(follower, servers)
    }

    @Test("Another instance, or another generation, at the same address is another runtime", arguments: [true, false])
    func replaced(byInstance: Bool) throws {
        let servers = VirtualServers(VirtualWorld())
        let source = try Source(Self.here, instance: "a", generation: 1)
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .seconds(1))
        try source.set(Self.here, instance: byInstance ? "b" : "a", generation: byInstance ? 1 : 2)
        servers.stop()
        servers.start()
        servers.world.run(for: .seconds(1))
        #expect(follower.core.isLive)
        #expect(Self.gaps(follower).first?.cause == .replaced)
        Self.end(follower, servers)
    }

    @Test("A return to the same runtime is no replacement")
    func same() throws {
        let servers = VirtualServers(VirtualWorld())
        let follower = Self.follower(try Source(Self.here, instance: "a", generation: 1), servers)
        follower.start()
        servers.world.run(for: .seconds(1))
        servers.stop()
        servers.start()
        servers.world.run(for: .seconds(1))
        #expect(Self.gaps(follower).first?.cause == .disconnected)
        Self.end(follower, servers)
    }

    @Test("An instance that is gone ends the follower without another dial, if the source, asked again, names it")
    func gone() throws {
        let servers = VirtualServers(VirtualWorld())
        servers.fail(Self.here, with: Self.gone)
        let source = try Source(Self.here)
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .seconds(60))
        guard case .failed(let failure) = follower.end else {
            Issue.record("\(String(describing: follower.end))")
            return
        }
        #expect(failure.error?.code == .instanceGone)
        #expect(source.count.withLock { $0 } == 2)
        #expect(servers.dials.count == 1)
        #expect(servers.members == 0 && servers.world.timerCount == 0)
    }

    @Test("An instance that is gone is followed to where the source says that it is now, at once")
    func goneAndMoved() throws {
        let servers = VirtualServers(VirtualWorld())
        servers.fail(Self.here, with: Self.gone)
        let (here, there) = (try RuntimeEndpoint(Self.here), try RuntimeEndpoint(Self.there))
        let count = Locked(0)
        let source = ClosureEndpointSource {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return FollowedEndpoint(number == 1 ? here : there)
        }
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .milliseconds(100))
        #expect(follower.core.isLive)
        #expect(servers.dials.map(\.url) == [Self.here, Self.there])
        Self.end(follower, servers)
    }

    @Test("A source that names one dead instance after the other does not make a follower dial without a pause")
    func manyGone() throws {
        let servers = VirtualServers(VirtualWorld(seed: 9))
        for index in 0..<10_000 { servers.fail("ws://host-\(index):8080/", with: Self.gone) }
        let count = Locked(0)
        let source = ClosureEndpointSource {
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            return FollowedEndpoint(try RuntimeEndpoint("ws://host-\(number):8080/"))
        }
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .seconds(120))
        #expect(follower.end == nil)
        #expect(servers.dials.count > 5 && servers.dials.count < 40)
        Self.end(follower, servers)
    }

    @Test("A source that fails is asked again later; an error that no retry can mend ends the follower")
    func failingSource() throws {
        let servers = VirtualServers(VirtualWorld())
        let source = try Source(Self.here)
        source.answer.withLock { $0 = .failure(AgentRuntimeError(.connectFailed, "no journal")) }
        let follower = Self.follower(source, servers)
        follower.start()
        servers.world.run(for: .seconds(10))
        #expect(source.count.withLock { $0 } > 3)
        #expect(servers.dials.isEmpty && servers.members == 0)
        try source.set(Self.here)
        servers.world.run(for: .seconds(20))
        #expect(follower.core.isLive)
        source.answer.withLock { $0 = .failure(AgentRuntimeError(.invalidConfiguration, "bad")) }
        servers.stop()
        servers.world.run(for: .seconds(20))
        guard case .failed(let failure) = follower.end else {
            Issue.record("\(String(describing: follower.end))")
            return
        }
        #expect(failure.kind == .source)
        #expect(servers.members == 0)
    }

    @Test("A close while the source is being asked, or answers late, leaves nothing")
    func closeWhileAsking() throws {
        let servers = VirtualServers(VirtualWorld())
        let world = servers.world
        let here = try RuntimeEndpoint(Self.here)
        let follower = Self.follower(
            ClosureEndpointSource {
                try await world.sleep(.seconds(5))
                return FollowedEndpoint(here)
            },
            servers
        )
        follower.start()
        world.run(for: .seconds(1))
        #expect(follower.work == [.asking])
        Self.end(follower, servers)
        #expect(servers.dials.isEmpty)
        // This one does not notice that it is cancelled.
        let deaf = Self.follower(
            ClosureEndpointSource {
                let answer = Promise<Void>()
                _ = world.schedule(after: .seconds(5)) { answer.resolve(()) }
                await answer.wait()
                return FollowedEndpoint(here)
            },
            servers
        )
        deaf.start()
        world.run(for: .seconds(1))
        deaf.requestClose()
        world.run(for: .seconds(1))
        #expect(deaf.end == nil && deaf.work == [.asking])
        world.run(for: .seconds(10))
        #expect(deaf.end == .closed && deaf.work.isEmpty)
        #expect(servers.dials.isEmpty && servers.members == 0 && world.timerCount == 0)
    }

    @Test("One host has one bound of dials, whatever the paths behind it; a Unix socket has its own")
    func authority() throws {
        func authority(_ url: String) throws -> String { FollowedEndpoint(try RuntimeEndpoint(url)).authority }
        #expect(try authority("https://gateway/ws-1?key=a") == authority("wss://gateway:443/ws-2"))
        #expect(try authority("ws://gateway:8080/ws-1") != authority("ws://gateway:8081/ws-1"))
        #expect(try authority("ws+unix:/run/a:/ws-1") == authority("ws+unix:/run/a:/ws-2"))
        #expect(try authority("ws+unix:/run/a") != authority("ws+unix:/run/b"))
    }
}

import AgentRuntime
import AgentRuntimeService
import Logging
import MockAgentServer
import ServiceLifecycle
import TestSupport
import Testing
import WorkspaceFollowing

@Suite("Services in a service group", .timeLimit(.minutes(1)))
struct ServiceTests {
    private static func group(_ services: any Service...) -> ServiceGroup {
        ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
            )
        )
    }

    private static var quick: FollowerConfiguration {
        var configuration = FollowerConfiguration()
        configuration.reconnect.firstRetry = .milliseconds(10)
        configuration.reconnect.shortestWait = .milliseconds(1)
        configuration.runtime.closeTimeout = .milliseconds(500)
        configuration.dialLimiter = DialLimiter()
        return configuration
    }

    private static func withServer(
        _ change: (inout MockServerConfiguration) -> Void = { _ in },
        _ body: (MockServer) async throws -> Void
    ) async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = .idle
        change(&configuration)
        try await withMockServer(configuration, body)
    }

    @Test("A graceful shutdown closes follower and client, in order, and leaves nothing")
    func gracefulShutdown() async throws {
        try await Self.withServer { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: client, configuration: Self.quick)
            let group = Self.group(client, follower)
            let running = Task { try await group.run() }
            try await server.waitForConnections(1)
            #expect(!client.isClosed && follower.end == nil)
            await group.triggerGracefulShutdown()
            try await withTimeout("the group ends") { try await running.value }
            #expect(client.isClosed && client.tasks.isEmpty)
            #expect(follower.end == .closed && follower.work.isEmpty)
            try await server.waitForSockets(0)
        }
    }

    @Test("A graceful shutdown closes a fleet, and its elements come to their end")
    func fleet() async throws {
        try await Self.withServer { server in
            var configuration = FleetConfiguration()
            configuration.follower = Self.quick
            let fleet = try WorkspaceFleet(configuration: configuration)
            let group = Self.group(fleet)
            let running = Task { try await group.run() }
            for id in ["a", "b"] { try fleet.follow(id, at: StaticEndpointSource(RuntimeEndpoint(server.url))) }
            try await server.waitForConnections(2)
            await group.triggerGracefulShutdown()
            try await withTimeout("the group ends") { try await running.value }
            #expect(fleet.isClosed && fleet.workspaces.isEmpty)
            var last: [String: FollowedElement] = [:]
            for try await element in fleet.elements { last[element.workspace] = element.element }
            #expect(last == ["a": .connection(.gone(.closed)), "b": .connection(.gone(.closed))])
            try await server.waitForSockets(0)
        }
    }

    @Test("Cancelling the group closes, too")
    func cancellation() async throws {
        try await Self.withServer { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: source, configuration: Self.quick)
            let agent = try AgentFollower(of: source, configuration: Self.quick)
            let group = Self.group(client, follower, agent)
            let running = Task { try await group.run() }
            let stream = try await client.openWorkspaceStream()
            try await eventually("all are connected") { follower.stream != nil && agent.stream != nil }
            running.cancel()
            _ = await running.result
            #expect(client.isClosed && stream.end != nil && client.tasks.isEmpty)
            #expect(follower.end == .closed && agent.end == .closed)
            try await server.waitForSockets(0)
        }
    }

    @Test("A follower that can't go on ends the group, with its failure")
    func failure() async throws {
        try await Self.withServer {
            $0.token = "s3cr3t"
        } _: { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url, token: "wrong"))
            let follower = try WorkspaceFollower(of: source, configuration: Self.quick)
            let group = Self.group(client, follower)
            let error = await #expect(throws: AgentRuntimeServiceError.self) {
                try await withTimeout("the group ends") { try await group.run() }
            }
            #expect(error?.code == .failed && error?.cause?.code == .unauthorized)
            #expect(client.isClosed)
        }
    }

    @Test("A follower that gives up says so")
    func givesUp() async throws {
        var configuration = Self.quick
        configuration.reconnect.maximumAttempts = 2
        let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1"))
        let follower = try WorkspaceFollower(of: source, configuration: configuration)
        let error = await #expect(throws: AgentRuntimeServiceError.self) { try await follower.run() }
        #expect(error?.code == .gaveUp && error?.failure?.kind == .dial)
    }

    @Test("A close by other code ends the run with an error")
    func closedElsewhere() async throws {
        try await Self.withServer { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: client, configuration: Self.quick)
            let runs = [Task { try await client.run() }, Task { try await follower.run() }]
            try await server.waitForConnections(1)
            #expect(await client.close().isEmpty)
            for run in runs {
                let error = await #expect(throws: AgentRuntimeServiceError.self) { try await run.value }
                #expect(error?.code == .closed)
            }
            let error = await #expect(throws: AgentRuntimeServiceError.self) { try await client.run() }
            #expect(error?.code == .closed)
        }
    }

    @Test("A server that does not answer the close holds a shutdown no longer than the close timeout")
    func bounded() async throws {
        try await Self.withServer { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: source, configuration: Self.quick)
            let group = Self.group(follower)
            let running = Task { try await group.run() }
            try await server.waitForConnections(1)
            try await eventually("the stream") { follower.stream != nil }
            server.stallAll()
            let clock = ContinuousClock()
            let began = clock.now
            await group.triggerGracefulShutdown()
            try await running.value
            #expect(clock.now - began < .seconds(4))
            #expect(follower.end == .closed && follower.work.isEmpty)
        }
    }

    @Test("A shutdown while the follower waits for its next attempt returns at once")
    func whileWaiting() async throws {
        var configuration = Self.quick
        (configuration.reconnect.firstRetry, configuration.reconnect.shortestWait) = (.seconds(20), .seconds(20))
        let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1"))
        let follower = try WorkspaceFollower(of: source, configuration: configuration)
        let group = Self.group(follower)
        let running = Task { try await group.run() }
        try await eventually("it waits") { follower.work == [.waiting] }
        await group.triggerGracefulShutdown()
        try await withTimeout("the group ends") { try await running.value }
        #expect(follower.end == .closed)
    }
}

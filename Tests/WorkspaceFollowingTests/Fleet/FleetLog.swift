import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

extension FleetConfiguration {
    /// A configuration for tests; see ``WorkspaceFollowing/FollowerConfiguration``.
    static var quick: Self {
        var configuration = Self()
        configuration.follower = .quick
        return configuration
    }
}

/// Takes the elements of a fleet, and keeps their words by workspace.
final class FleetLog: Sendable {
    private let state = Locked<[String: [String]]>([:])

    /// The words of the elements of a workspace; see ``WorkspaceFollowing/FollowedElement``.
    func words(_ workspace: String) -> [String] { self.state.withLock { $0[workspace] ?? [] } }

    /// Those of shell output.
    func shell(_ workspace: String) -> String {
        self.words(workspace).filter { $0.hasPrefix("shell ") }.map { String($0.dropFirst(6)) }.joined()
    }

    func add(_ element: FleetElement) {
        self.state.withLock { $0[element.workspace, default: []].append(element.element.words) }
    }

    /// Takes elements until the end.
    func take(_ fleet: WorkspaceFleet) async throws { for try await element in fleet.elements { self.add(element) } }

    /// Waits until an element with these words has come.
    func wait(for words: String, of workspace: String, count: Int = 1) async throws {
        try await eventually("\(words) of \(workspace), after \(self.words(workspace).suffix(12))") {
            self.words(workspace).count { $0 == words } >= count
        }
    }
}

/// Runs `body` with some servers, and stops them.
func withMockServers(
    _ count: Int,
    _ configuration: MockServerConfiguration = .followed,
    _ body: ([MockServer]) async throws -> Void
) async throws {
    var servers: [MockServer] = []
    for _ in 0..<count { servers.append(try await MockServer.start(configuration)) }
    let outcome = try await Result.catching { [servers] in try await body(servers) }
    for server in servers { await server.stop() }
    try outcome.get()
}

/// Runs `body` with a fleet whose elements are logged; afterwards nothing of the fleet is left.
func withFleet(
    _ configuration: FleetConfiguration = .quick,
    _ body: (WorkspaceFleet, FleetLog) async throws -> Void
) async throws {
    let log = FleetLog()
    let fleet = try WorkspaceFleet(configuration: configuration)
    let consumer = Task { try await log.take(fleet) }
    let outcome = try await Result.catching { try await body(fleet, log) }
    #expect(await fleet.close() == [])
    try await withTimeout("the elements end") { try await consumer.value }
    #expect(fleet.workspaces == [])
    try outcome.get()
}

extension MockServer {
    var source: StaticEndpointSource { get throws { StaticEndpointSource(try self.endpoint) } }
}

import Foundation
import LifecycleFollowing
import Logging
import RuntimeLifecycle
import RuntimeReadiness
import TestSupport
import Testing
import WorkspaceFollowing

/// The mock server is the runtime of real processes here.
@Suite("Workspaces of a journal, followed", .serialized, .timeLimit(.minutes(2)))
struct JournalChangesTests {
    private static let programs = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private static var command: RuntimeCommand {
        var command = RuntimeCommand([Self.programs.appending(path: "mock-agent-server").path, "--scenario", "idle"])
        command.environment = ProcessInfo.processInfo.environment
        return command
    }

    private static func withLifecycle(_ body: (WorkspaceLifecycle) async throws -> Void) async throws {
        let state = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID())")
        defer { try? FileManager.default.removeItem(at: state) }
        var configuration = LifecycleConfiguration(root: state.path)
        configuration.probe = HealthProbe()
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let lifecycle = try WorkspaceLifecycle(configuration: configuration, logger: logger)
        do {
            try await body(lifecycle)
        } catch {
            for status in (try? await lifecycle.list()) ?? [] { _ = try? await lifecycle.stop(status.id) }
            await lifecycle.drain()
            throw error
        }
        for status in try await lifecycle.list() { _ = try await lifecycle.stop(status.id) }
        await lifecycle.drain()
    }

    @Test("New runtimes are followed, restarted ones further, and stopped ones leave")
    func fleet() async throws {
        let (blue, green) = (try WorkspaceID("blue"), try WorkspaceID("green"))
        try await Self.withLifecycle { lifecycle in
            _ = try await lifecycle.getOrStart(blue, command: Self.command)
            try await WorkspaceFleet.withFleet { fleet in
                fleet.discardElements()
                let following = Task {
                    try await fleet.follow(changes: JournalChanges(of: lifecycle, every: .milliseconds(20)))
                }
                try await Self.waitUntilLive(["blue"], in: fleet)
                _ = try await lifecycle.getOrStart(green, command: Self.command)
                try await Self.waitUntilLive(["blue", "green"], in: fleet)

                let before = fleet.follower("blue")?.endpoint?.generation
                _ = try await lifecycle.restart(blue, command: Self.command)
                try await eventually("the new generation is live") {
                    let follower = fleet.follower("blue")
                    return follower?.endpoint?.generation != before && follower?.snapshot.connection == .live
                }

                _ = try await lifecycle.stop(green)
                try await eventually("green is left") { fleet.workspaces == ["blue"] }
                following.cancel()
                await #expect(throws: CancellationError.self) { try await following.value }
            }
        }
    }

    private static func waitUntilLive(_ workspaces: [String], in fleet: WorkspaceFleet) async throws {
        try await eventually("\(workspaces) are live") {
            let states = fleet.states
            return states.map(\.workspace).sorted() == workspaces && states.allSatisfy { $0.connection == .live }
        }
    }

    @Test("A source without a runtime says why")
    func reasons() async throws {
        let blue = try WorkspaceID("blue")
        try await Self.withLifecycle { lifecycle in
            let source = JournalEndpointSource(of: blue, in: lifecycle, token: "secret")
            let unknown = await #expect(throws: LifecycleError.self) { try await source.endpoint() }
            #expect(unknown?.code == .unknownWorkspace)
            _ = try await lifecycle.getOrStart(blue, command: Self.command)
            let found = try await source.endpoint()
            #expect(found.generation == 1)
            _ = try await lifecycle.stop(blue)
            let stopped = await #expect(throws: LifecycleError.self) { try await source.endpoint() }
            #expect(stopped?.code == .notReady)
        }
    }
}

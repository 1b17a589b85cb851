import AgentRuntime
import ConcurrencyPrimitives
import Foundation
import TestSupport
import Testing
import WorkspaceFollowing

/// One fleet for a long time: workspaces are added, disturbed by faults, judged by the follower's oracle, and left.
///
/// `WSSTREAM_SOAK_SECONDS` is how long, and `WSSTREAM_SOAK_WORKSPACES` how many side by side; `make soak` sets them.
@Suite("A fleet for a long time", .serialized)
struct FleetSoakTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap(Int.init) }

    /// The faults of a workspace before it is left.
    private static let faults = 6
    /// How much more memory may be resident at the end than after the first third: for what the allocator keeps.
    private static let growth = 48 << 20

    @Test("Faults, additions and removals: each event once or in a gap; memory stays flat, and nothing is left")
    func soak() async throws {
        let seconds = Self.number("WSSTREAM_SOAK_SECONDS") ?? 20
        let width = Self.number("WSSTREAM_SOAK_WORKSPACES") ?? 24
        let (fleet, logs) = (try WorkspaceFleet(configuration: Self.configuration), FleetLogs())
        let consumer = Task { try await logs.take(fleet) }
        // The first one starts the event loops, which stay.
        try await Self.check(0, "first", fleet, logs)
        let descriptors = Self.descriptorCount
        let begin = ContinuousClock.now
        let end = begin + .seconds(seconds)
        let memory = Locked<Int?>(nil)
        let runs = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<width {
                group.addTask {
                    var round = 0
                    while ContinuousClock.now < end {
                        try await Self.check(UInt64(place + round * width + 1), "w\(place)-\(round)", fleet, logs)
                        runs.withLock { $0 += 1 }
                        if ContinuousClock.now > begin + .seconds(seconds) / 3 {
                            memory.withLock { $0 = $0 ?? Self.residentBytes }
                        }
                        round += 1
                    }
                }
            }
            try await group.waitForAll()
        }
        let after = Self.residentBytes
        if let before = memory.withLock({ $0 }) {
            #expect(after < before + Self.growth, "\(before >> 20) MiB after a third, \(after >> 20) MiB at the end")
        }
        #expect(await fleet.close() == [])
        try await withTimeout("the elements end") { try await consumer.value }
        #expect(fleet.workspaces == [] && logs.strayCount == 0)
        #expect(runs.withLock { $0 } >= width)
        // What a server keeps for a moment after its stop is closed on its event loop.
        try await eventually("no descriptor is left, of \(Self.descriptorCount), and \(descriptors) before") {
            Self.descriptorCount <= descriptors + 2
        }
    }

    private static var configuration: FleetConfiguration {
        var configuration = FleetConfiguration.quick
        configuration.follower.recovery.timeout = .milliseconds(400)
        configuration.follower.recovery.statusWait = .milliseconds(30)
        configuration.follower.runtime.instanceCheck = .milliseconds(60)
        return configuration
    }

    private static func check(
        _ seed: UInt64,
        _ workspace: String,
        _ fleet: WorkspaceFleet,
        _ logs: FleetLogs
    ) async throws {
        var run = try await FaultRun(seed: seed, faults: Self.faults)
        do {
            let problems = try await run.run(in: fleet, as: workspace, logs)
            guard !problems.isEmpty else { return }
            Issue.record("seed \(seed): \(problems)\n\(run.story.joined(separator: ", "))\n\(run.trace)")
        } catch {
            Issue.record("seed \(seed): \(error)\n\(run.story.joined(separator: ", "))\n\(run.trace)")
        }
    }

    private static var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// The resident memory of this process; 0 where there is no `/proc`.
    private static var residentBytes: Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

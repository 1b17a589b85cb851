import Foundation
import TestSupport
import Testing

/// Opens and ends streams, and counts what is left.
enum LeakCount {
    /// Memory that may be added late, by caches of the allocator and of the runtime.
    private static let tolerance = 4 * 1024 * 1024
    private static let warmUp = 1000

    static func run() async throws {
        let cycles = ProcessInfo.processInfo.environment["WSSTREAM_CYCLES"].flatMap(Int.init) ?? 10_000
        try await withHoldingServer { server in
            _ = try await LeakCycle(endpoint: server.endpoint, number: 0).run(isWatched: false)
            // The clock of `eventually` opens its own descriptor at the first use.
            try await ContinuousClock().sleep(for: .milliseconds(1))
            try await eventually("the first socket ends") { server.connectionCount == 0 }
            let filesBefore = ProcessResources.openFileCount
            var references: [WeakReference] = []
            var residentAfterWarmUp = 0
            let clock = ContinuousClock()
            let begin = clock.now
            for number in 0..<cycles {
                // The kinds of ending alternate. With 31, all of them are among the watched cycles.
                references += try await LeakCycle(endpoint: server.endpoint, number: number)
                    .run(isWatched: number % 31 == 0 && references.count < 500)
                if number + 1 == min(Self.warmUp, cycles) { residentAfterWarmUp = ProcessResources.residentBytes }
            }
            let elapsed = clock.now - begin
            let resident = ProcessResources.residentBytes
            try await eventually("the server's sockets end") { server.connectionCount == 0 }
            try await eventually("the file descriptors are those of the beginning") {
                ProcessResources.openFileCount == filesBefore
            }
            try await eventually("every object is gone") { references.allSatisfy { $0.object == nil } }
            print(
                "\(cycles) streams in \(elapsed): \(filesBefore) file descriptors before and after,",
                "\(references.count) objects watched and gone, resident \(residentAfterWarmUp / 1024) KiB after",
                "\(min(Self.warmUp, cycles)) and \(resident / 1024) KiB at the end"
            )
            #expect(resident <= residentAfterWarmUp + Self.tolerance)
        }
    }
}

import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import WorkspaceFollowing

// A tail of a followed workspace.
extension TailSession {
    func follow(_ follower: WorkspaceFollower, _ source: TailEndpointSource) async -> TailEnd {
        self.statistics.beginFollowing()
        let connection = FollowedConnection(follower)
        follower.start()
        return await self.perform(
            Showing(
                opened: connection.opened,
                show: { await self.show(connection, source) },
                waitForLast: { _ = try? await follower.waitUntilEnded() },
                measure: {
                    self.statistics.measured(connection.stream, bytes: follower.statistics.bytes, elapsed: $0)
                }
            )
        )
    }

    private func show(_ connection: FollowedConnection, _ source: TailEndpointSource) async -> TailEnd {
        var output = FollowedOutput(self, connection, source)
        do {
            while true {
                // From the first stream on, run on the thread that reads the socket, which is the same for all streams:
                // an event wakes no other thread, and writing does not block.
                let executor = connection.stream?.executor
                let end = try await withTaskExecutorPreference(executor) {
                    try await output.show(untilFirstStream: executor == nil)
                }
                if let end { return end }
            }
        } catch let error as OutputError {
            let recovered = self.statistics.snapshot.following?.recovered ?? 0
            return self.end(of: error, received: connection.follower.statistics.events + recovered)
        } catch {
            return .interrupted
        }
    }
}

/// What a followed tail knows of its connection.
final class FollowedConnection: Sendable {
    let follower: WorkspaceFollower
    /// Since when the first stream is open.
    let opened = Promise<ContinuousClock.Instant>()
    private let last = Locked<WorkspaceStream?>(nil)

    init(_ follower: WorkspaceFollower) { self.follower = follower }

    /// The open stream, or the last one; nil before the first one.
    var stream: WorkspaceStream? { self.last.withLock { $0 } }

    /// The connection is live.
    func isLive() {
        let stream = self.follower.stream
        // Released outside of the lock.
        let before = self.last.withLock { last in
            defer { last = stream ?? last }
            return stream == nil ? nil : last
        }
        withExtendedLifetime(before) { _ = self.opened.resolve(.now) }
    }
}

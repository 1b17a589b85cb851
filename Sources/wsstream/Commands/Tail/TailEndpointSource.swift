import AgentRuntime
import ConcurrencyPrimitives
import RuntimeLifecycle
import WorkspaceFollowing

/// Says where the runtime of a followed tail is: always at its URL, or where the journal of its workspace says now.
///
/// It keeps the error of its last answer, because a follower knows only the errors of a client.
final class TailEndpointSource: EndpointSource {
    private let find: @Sendable () async throws -> FollowedEndpoint
    private let failure = Locked<(any Error)?>(nil)

    /// - Parameter find: Says where the runtime is now.
    init(_ find: @escaping @Sendable () async throws -> FollowedEndpoint) { self.find = find }

    func endpoint() async throws -> FollowedEndpoint {
        do {
            let found = try await self.find()
            self.failure.withLock { $0 = nil }
            return found
        } catch {
            self.failure.withLock { $0 = error }
            throw error
        }
    }

    /// The error of the last answer; nil if that was an endpoint.
    var lastError: (any Error)? { self.failure.withLock { $0 } }

    /// Whether the last error may pass: the workspace exists, and no runtime of it answers at the moment.
    var isWaiting: Bool { (self.lastError as? LifecycleError)?.code == .notReady }
}

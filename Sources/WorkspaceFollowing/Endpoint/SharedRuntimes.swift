import AgentRuntime
import ConcurrencyPrimitives

/// The runtimes of followers that use one client together: that of the workspace stream and that of the agent stream.
///
/// A client is closed when its last user has left it.
final class SharedRuntimes: Sendable {
    fileprivate struct Entry: Sendable {
        let endpoint: FollowedEndpoint
        let runtime: ClientRuntime
        var users: Int
    }

    private let make: RuntimeConnector
    private let entries = Locked<[Entry]>([])
    /// Called when one of the followers has found another runtime, so that the other one does not stay behind.
    private let onMove = Locked<@Sendable () -> Void>({})

    init(_ make: @escaping RuntimeConnector) { self.make = make }

    func whenMoved(_ onMove: @escaping @Sendable () -> Void) { self.onMove.withLock { $0 = onMove } }

    /// The runtime for an endpoint, with the client that another follower uses, if it is the same runtime.
    func connect(_ found: FollowedEndpoint) throws -> any FollowedRuntime {
        if let runtime = self.entries.withLock({ $0.join(found) }) { return self.shared(runtime) }
        let other = try self.make(found)
        // A runtime in memory has no client to share.
        guard let made = other as? ClientRuntime else { return other }
        // Another follower may have made one meanwhile; then ours, which has done nothing, is dropped.
        let (runtime, hasMoved) = self.entries.withLock { entries -> (ClientRuntime, Bool) in
            if let runtime = entries.join(found) { return (runtime, false) }
            defer { entries.append(Entry(endpoint: found, runtime: made, users: 1)) }
            return (made, !entries.isEmpty)
        }
        if hasMoved { self.onMove.withLock { $0 }() }
        return self.shared(runtime)
    }

    private func shared(_ runtime: ClientRuntime) -> ClientRuntime {
        ClientRuntime(client: runtime.client, isOwned: runtime.isOwned) { limit in
            guard self.entries.withLock({ $0.leave(runtime) }) else { return [] }
            return await runtime.close(within: limit)
        }
    }
}

extension FollowerEnvironment {
    /// The same world, in which followers share the clients of their runtimes.
    func sharing(_ runtimes: SharedRuntimes) -> FollowerEnvironment {
        FollowerEnvironment(
            connect: { try runtimes.connect($0) },
            timers: self.timers,
            now: self.now,
            wall: self.wall,
            random: self.random,
            canSleep: self.canSleep,
            executor: self.executor
        )
    }
}

extension [SharedRuntimes.Entry] {
    fileprivate mutating func join(_ found: FollowedEndpoint) -> ClientRuntime? {
        guard let index = self.firstIndex(where: { $0.endpoint.isSameRuntime(as: found) }) else { return nil }
        self[index].users += 1
        return self[index].runtime
    }

    /// - Returns: Whether it was the last user.
    fileprivate mutating func leave(_ runtime: ClientRuntime) -> Bool {
        guard let index = self.firstIndex(where: { $0.runtime.client === runtime.client }) else { return false }
        self[index].users -= 1
        guard self[index].users == 0 else { return false }
        self.remove(at: index)
        return true
    }
}

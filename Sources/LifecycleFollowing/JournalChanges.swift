public import RuntimeLifecycle
public import WorkspaceFollowing

/// The workspaces of a state directory as they appear and stop, for a fleet.
///
/// ```swift
/// try await fleet.follow(changes: JournalChanges(of: lifecycle))
/// ```
///
/// It reads the journals again and again, so it also sees what other programs start and stop. A workspace is added when
/// its runtime has proven its identity, and again for each later generation. It is removed when it was stopped or
/// deleted. A runtime that has ended without a stop stays: its follower waits for the next one. Each iterator begins with
/// all that runs.
public struct JournalChanges: AsyncSequence, Sendable {
    /// One change.
    public typealias Element = FleetChange

    private let lifecycle: WorkspaceLifecycle
    private let interval: Duration
    private let token: @Sendable (WorkspaceID) -> String?

    /// Creates the sequence; nothing is read before it is iterated.
    ///
    /// - Parameters:
    ///   - lifecycle: Reads the journals.
    ///   - interval: The time between two readings; at least 10 ms. Default: 1 s.
    ///   - token: The token of the runtime of a workspace; nil for none.
    public init(
        of lifecycle: WorkspaceLifecycle,
        every interval: Duration = .seconds(1),
        token: @escaping @Sendable (WorkspaceID) -> String? = { _ in nil }
    ) {
        (self.lifecycle, self.interval, self.token) = (lifecycle, Swift.max(interval, .milliseconds(10)), token)
    }

    /// Creates an iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Waits for the next change.
    public struct Iterator: AsyncIteratorProtocol {
        private let changes: JournalChanges
        private var known = KnownWorkspaces()
        /// What was found and not handed out, the next one at the end.
        private var pending: [KnownWorkspaces.Change] = []
        private var hasRead = false

        fileprivate init(_ changes: JournalChanges) { self.changes = changes }

        /// The next change.
        ///
        /// - Returns: The change; it never ends.
        /// - Throws: `LifecycleError` if the state directory is not a directory or does not belong to this user;
        ///   `CancellationError`.
        public mutating func next() async throws -> FleetChange? {
            let changes = self.changes
            while true {
                if let change = self.pending.popLast() {
                    switch change {
                    case .removed(let id): return .removed("\(id)")
                    case .added(let id):
                        let token = changes.token(id)
                        return .added("\(id)", at: JournalEndpointSource(of: id, in: changes.lifecycle, token: token))
                    }
                }
                if self.hasRead { try await Task.sleep(for: changes.interval) }
                self.pending = self.known.update(try await changes.lifecycle.list()).reversed()
                self.hasRead = true
            }
        }
    }
}

@available(*, unavailable)
extension JournalChanges.Iterator: Sendable {}

/// The workspaces that were named, as a pure value.
struct KnownWorkspaces: Sendable {
    enum Change: Sendable, Hashable {
        case added(WorkspaceID)
        case removed(WorkspaceID)
    }

    private var generations: [WorkspaceID: UInt64] = [:]

    /// Compares the journals with what is known.
    ///
    /// - Parameter statuses: All workspaces.
    /// - Returns: The changes: first what has gone, then what has come, each in the order of the ids.
    mutating func update(_ statuses: [WorkspaceStatus]) -> [Change] {
        let found = Dictionary(statuses.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let gone = self.generations.keys.filter { found[$0]?.phase ?? .absent == .absent }
        var changes = gone.sorted { $0.description < $1.description }.map { Change.removed($0) }
        for id in gone { self.generations[id] = nil }
        for status in statuses where status.phase == .running && status.isAlive {
            guard status.endpoint != nil, self.generations[status.id] != status.generation else { continue }
            self.generations[status.id] = status.generation
            changes.append(.added(status.id))
        }
        return changes
    }
}

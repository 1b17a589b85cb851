import ConcurrencyPrimitives

/// One element of a fleet, and the workspace that it belongs to.
public struct FleetElement: Sendable, Hashable {
    /// The id of the workspace.
    public var workspace: String
    /// The element.
    public var element: FollowedElement

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - workspace: See ``workspace``.
    ///   - element: See ``element``.
    public init(workspace: String, element: FollowedElement) { (self.workspace, self.element) = (workspace, element) }
}

/// Elements of one workspace of a fleet, in their order.
public struct FleetBatch: Sendable, Hashable {
    /// The id of the workspace.
    public var workspace: String
    /// The elements, at least one.
    public var elements: [FollowedElement]

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - workspace: See ``workspace``.
    ///   - elements: See ``elements``.
    public init(workspace: String, elements: [FollowedElement]) {
        (self.workspace, self.elements) = (workspace, elements)
    }
}

/// The elements of all workspaces of a fleet; one task may iterate at a time.
///
/// The elements of one workspace come in their order. Between workspaces there is no order: each that has something
/// gives up to ``FleetConfiguration/quantum`` in its turn. The elements of a workspace that was left come to their end,
/// which is `.connection(.gone)`. The sequence ends when the fleet is closed and everything is taken. If you leave a
/// loop, the next one gets the rest.
public struct FleetElements: AsyncSequence, Sendable {
    /// One element with its workspace.
    public typealias Element = FleetElement

    let fleet: WorkspaceFleet

    /// Creates an iterator; the elements are shared among all iterators of the fleet.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: FleetCursor(self.fleet)) }

    /// Waits for the next element.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: FleetCursor

        /// The next element.
        ///
        /// - Returns: The element; nil after the end.
        /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `alreadyReceiving` if another task iterates;
        ///   `CancellationError`.
        @inlinable
        public mutating func next() async throws -> FleetElement? { try await self.next(isolation: #isolation) }

        /// The next element, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The element; nil after the end.
        /// - Throws: See ``next()``.
        @inlinable
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> FleetElement? {
            while true {
                if let handed = self.cursor.handed, let element = handed.batch.takeNext() {
                    return FleetElement(workspace: handed.workspace, element: element)
                }
                guard try await self.cursor.refill(isolation: actor) else { return nil }
            }
        }
    }
}

@available(*, unavailable)
extension FleetElements.Iterator: Sendable {}

/// The elements of a fleet in batches, each of one workspace; the cheapest way to follow many.
///
/// It ends, throws and is shared like ``FleetElements``. If you leave a loop within a batch, no later loop gets the
/// rest of that batch.
public struct FleetBatches: AsyncSequence, Sendable {
    /// Elements of one workspace.
    public typealias Element = FleetBatch

    let fleet: WorkspaceFleet

    /// Creates an iterator; the elements are shared among all iterators of the fleet.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: FleetCursor(self.fleet)) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: FleetCursor

        /// The next batch.
        ///
        /// - Returns: At least one element; nil after the end.
        /// - Throws: See ``FleetElements/Iterator/next()``.
        @inlinable
        public mutating func next() async throws -> FleetBatch? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: At least one element; nil after the end.
        /// - Throws: See ``FleetElements/Iterator/next()``.
        @inlinable
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> FleetBatch? {
            guard try await self.cursor.refill(isolation: actor), let handed = self.cursor.handed else { return nil }
            return FleetBatch(workspace: handed.workspace, elements: handed.batch.takeAll())
        }
    }
}

@available(*, unavailable)
extension FleetBatches.Iterator: Sendable {}

/// A batch in the hands of the consumer of a fleet.
@usableFromInline
struct FleetHanded {
    let core: FollowerCore
    @usableFromInline let workspace: String
    @usableFromInline let batch: HandedBatch
}

/// The current batch of an iterator of a fleet; when the iterator is released, the rest goes back to its follower.
@usableFromInline
final class FleetCursor {
    /// Keeps the fleet alive while a task iterates.
    private let fleet: WorkspaceFleet
    @usableFromInline let core: FleetCore
    // Unchecked, because an iterator is not Sendable: only one task uses it.
    @exclusivity(unchecked) @usableFromInline var handed: FleetHanded?

    init(_ fleet: WorkspaceFleet) { (self.fleet, self.core) = (fleet, fleet.core) }

    deinit { if let handed = self.handed { handed.core.giveBack(handed.batch) } }

    enum OnTake {
        case taken(FleetHanded)
        case over
        case nothing(UInt64)
    }

    /// Waits until there is a batch.
    ///
    /// - Parameter isolation: The isolation of the caller.
    /// - Returns: False after the end.
    /// - Throws: The reason why there is none.
    @usableFromInline
    func refill(isolation: isolated (any Actor)?) async throws -> Bool {
        if let handed = self.handed.take() { handed.core.finish(handed.batch) }
        let core = self.core
        while true {
            switch core.take() {
            case .taken(let handed):
                self.handed = handed
                return true
            case .over: return false
            case .nothing(let id):
                let wake = await withTaskCancellationHandler {
                    _ = isolation
                    return await withUnsafeContinuation { core.beginWait(id, $0) }
                } onCancel: {
                    core.cancelWait(id)
                }
                try core.check(wake)
            }
        }
    }
}

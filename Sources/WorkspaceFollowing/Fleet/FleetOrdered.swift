import AgentRuntime
import ConcurrencyPrimitives

/// One element of a fleet in the order of the times of the runtimes.
public struct FleetOrderedElement: Sendable, Hashable {
    /// The id of the workspace.
    public var workspace: String
    /// The element.
    public var element: FollowedElement
    /// Whether an element with a later time was given out before.
    public var isLate: Bool

    init(_ element: FleetElement, isLate: Bool) {
        (self.workspace, self.element, self.isLate) = (element.workspace, element.element, isLate)
    }
}

/// The elements of a fleet, merged by the times that the runtimes have given to their events.
///
/// Each element is held for a window of time, so that events that happened before it, and come later, come out before
/// it. Elements of one workspace keep their order; those without a time have that of the one before. An element that
/// comes after the window is marked as late. At most 65,536 elements are held; beyond that they come out earlier. They are
/// outside of the memory budget. A time in the future counts as the time at which the element came.
///
/// Elements that are held count as taken in snapshot and position. It ends, throws and is shared like ``FleetElements``;
/// all iterators of one value share what it holds. If you drop the value, what it holds is lost.
public struct FleetOrdered: AsyncSequence, Sendable {
    /// One element.
    public typealias Element = FleetOrderedElement

    let fleet: WorkspaceFleet
    fileprivate let merge: Locked<OrderedMerge>

    init(_ fleet: WorkspaceFleet, _ window: Duration) {
        (self.fleet, self.merge) = (fleet, Locked(OrderedMerge(window: window, limit: 1 << 16)))
    }

    /// Creates an iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Waits for the next element.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: FleetOrdered

        fileprivate init(_ sequence: FleetOrdered) { self.sequence = sequence }

        /// The next element.
        ///
        /// - Returns: The element; nil after the end.
        /// - Throws: See ``FleetElements/Iterator/next()``.
        public mutating func next() async throws -> FleetOrderedElement? { try await self.sequence.next() }
    }

    private func next() async throws -> FleetOrderedElement? {
        let core = self.fleet.core
        while true {
            let (now, wall) = (core.environment.now(), core.environment.wall())
            if let element = self.merge.withLock({ $0.next(now: now) }) { return element }
            switch core.take() {
            case .taken(let handed):
                let elements = handed.batch.takeAll()
                handed.core.finish(handed.batch)
                self.merge.withLock { merge in
                    for element in elements {
                        merge.insert(FleetElement(workspace: handed.workspace, element: element), now: now, wall: wall)
                    }
                }
            case .over: return self.merge.withLock { $0.next(now: now, isLast: true) }
            case .nothing(let id):
                let due = self.merge.withLock { $0.due }
                try core.check(await core.wait(id, until: due))
            }
        }
    }
}

extension FleetCore {
    /// Waits until there is something to take, or a time has come.
    fileprivate func wait(_ id: UInt64, until due: Duration?) async -> MailboxWake {
        let timer = due.map { due in
            // A timer that fires before the wait begins must not be lost.
            self.environment.timers.schedule(after: max(.milliseconds(1), due - self.environment.now())) {
                self.endWait(id)
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { self.beginWait(id, $0) }
        } onCancel: {
            self.cancelWait(id)
        }
    }
}

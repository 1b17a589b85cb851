import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// The elements that wait for the consumer, as a pure value, with the policies of ``FollowerQueuePolicy``.
///
/// It is bounded in elements and bytes: when ``isFull``, the caller must stop reading.
struct ElementQueue: Sendable {
    /// What was dropped, or joined, by the policies.
    struct Losses: Sendable, Hashable {
        /// Statuses that a newer one has replaced.
        var supersededStatuses = 0
        /// File changes that have become a part of a `refresh`.
        var joinedFileChanges = 0
        /// Pieces of output that were dropped; a gap tells of each.
        var droppedOutputs = 0
    }

    private let policy: FollowerQueuePolicy
    private let watch: FollowerWatch?
    private var elements: [FollowedElement] = []
    /// The size of each element.
    private var sizes: [Int] = []
    /// The numbers of the elements that were dropped, or joined with a later one.
    private var holes: Set<Int> = []
    /// The index of the first element that was not taken.
    private var start = 0
    /// The number of elements that were removed from the array, so that an element keeps its number.
    private var removed = 0
    private(set) var count = 0
    private(set) var bytes = 0
    private(set) var losses = Losses()

    /// The number of the last status of each repository; it may have been taken.
    private var statuses = RecentTable<Int>()
    /// The numbers of the last file changes of each repository; they may have been taken.
    private var fileChanges = RecentTable<[Int]>()
    /// The number of the waiting `refresh` that stands for all file changes of a repository.
    private var refreshes: [String: Int] = [:]
    /// The numbers of the waiting pieces of output that may be dropped, the oldest first.
    private var droppable: [Int] = []
    private var droppableStart = 0
    /// The number of the waiting gap of each scope that counts dropped output.
    private var openGaps: [Gap.Scope: Int] = [:]

    init(_ policy: FollowerQueuePolicy, watch: FollowerWatch? = nil) { (self.policy, self.watch) = (policy, watch) }

    var isEmpty: Bool { self.count == 0 }

    /// What an element weighs beside its bytes on the wire, for a fleet, where elements without bytes count, too.
    static let elementWeight = 64

    /// The bytes on the wire, and ``elementWeight`` for each element.
    var weight: Int { self.bytes + self.count * Self.elementWeight }

    /// Whether the caller must stop reading.
    var isFull: Bool { self.count >= self.policy.maximumEvents || self.bytes >= self.policy.maximumBytes }

    /// Whether a caller that has stopped may read again.
    var hasRoom: Bool { self.count <= self.policy.maximumEvents / 2 && self.bytes <= self.policy.maximumBytes / 2 }

    /// The elements that wait, in their order; for a recovery, which must know them.
    var waiting: [FollowedElement] {
        self.elements.indices.dropFirst(self.start).filter { !self.holes.contains(self.removed + $0) }
            .map { self.elements[$0] }
    }

    // MARK: Adding

    /// The number of waiting elements from which states of the connection replace each other.
    private static let joinsStates = 64

    /// Adds a state of the connection.
    ///
    /// When many elements wait, it replaces the state directly before it, so that a consumer that never comes back costs
    /// bounded memory.
    mutating func append(_ state: FollowerState) {
        // The place of an element that was dropped looks like a state.
        let isHole = self.holes.contains(self.nextNumber - 1)
        if self.count >= Self.joinsStates, !isHole, case .connection? = self.elements.last {
            self.elements[self.elements.count - 1] = .connection(state)
        } else {
            self.append(.connection(state))
        }
    }

    /// Makes room for a batch, so that the memory grows once; only if nothing waits, because exact growth is slow.
    mutating func reserve(_ count: Int) {
        guard count > 1, self.elements.isEmpty else { return }
        self.elements.reserveCapacity(count)
        self.sizes.reserveCapacity(count)
    }

    /// Adds an element that no policy may drop.
    mutating func append(_ element: FollowedElement, bytes: Int = 0) {
        self.elements.append(element)
        self.sizes.append(bytes)
        self.count += 1
        self.bytes += bytes
    }

    /// Adds an event by the policy of its kind.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - bytes: Its size.
    ///   - now: The moment of a gap, if one is needed.
    @inline(__always)
    mutating func append(
        _ event: WorkspaceEvent,
        bytes: Int,
        now: Gap.Moment
    ) {
        switch event.content {
        // A placeholder says nothing, so it replaces nothing.
        case .gitStatus(let status) where self.policy.gitStatus == .latest:
            if !status.isPlaceholder { self.supersede(status.repositoryName ?? "") }
        case .fileChange(let change) where self.policy.fileChange == .join: if self.joins(change) { return }
        case .shellOutput where self.policy.shellOutput == .dropOldest: self.droppable.append(self.nextNumber)
        case .processOutput where self.policy.processOutput == .dropOldest: self.droppable.append(self.nextNumber)
        default: break
        }
        self.append(.event(event), bytes: bytes)
        while self.isFull, self.dropOldest(now) {}
    }

    private var nextNumber: Int { self.removed + self.elements.count }

    private mutating func remove(_ number: Int) -> FollowedElement? {
        guard self.isWaiting(number) else { return nil }
        let index = number - self.removed
        let element = self.elements[index]
        // Frees what it holds.
        self.elements[index] = .connection(.idle)
        self.holes.insert(number)
        self.count -= 1
        self.bytes -= self.sizes[index]
        return element
    }

    private func isWaiting(_ number: Int) -> Bool {
        number - self.removed >= self.start && !self.holes.contains(number)
    }

    private mutating func supersede(_ repository: String) {
        let next = self.nextNumber
        var number: Int?
        let isKnown = self.statuses.change(repository) { (number, $0) = ($0, next) }
        if !isKnown { self.statuses.set(repository, next) }
        if let number, self.remove(number) != nil { self.losses.supersededStatuses += 1 }
    }

    /// Whether a change becomes a part of a `refresh` that waits already.
    private mutating func joins(_ change: FileChange) -> Bool {
        let repository = change.repositoryName ?? ""
        if let number = self.refreshes[repository] {
            if self.isWaiting(number) {
                self.losses.joinedFileChanges += 1
                return true
            }
            self.refreshes[repository] = nil
        }
        guard let numbers = self.countChange(of: repository) else { return false }
        for number in numbers.dropLast() { _ = self.remove(number) }
        self.losses.joinedFileChanges += numbers.count
        self.refreshes[repository] = self.nextNumber
        self.append(.refresh(change.repositoryName), bytes: 0)
        return true
    }

    /// Counts a file change that is added next.
    ///
    /// - Returns: The numbers of all that wait, if they are too many; then they are forgotten.
    private mutating func countChange(of repository: String) -> [Int]? {
        let (next, oldest) = (self.nextNumber, self.removed + self.start)
        var tooMany: [Int]?
        let (holes, maximum) = (self.holes, self.policy.maximumFileChanges)
        let isKnown = self.fileChanges.change(repository) { numbers in
            // A change that comes alone is the most frequent case.
            if let last = numbers.last, last < oldest {
                numbers.removeAll(keepingCapacity: true)
            } else if let first = numbers.first, first < oldest || holes.contains(first) {
                numbers.removeAll { $0 < oldest || holes.contains($0) }
            }
            numbers.append(next)
            if numbers.count > maximum { (tooMany, numbers) = (numbers, []) }
        }
        guard !isKnown else { return tooMany }
        self.fileChanges.set(repository, [next])
        return nil
    }

    /// Drops the oldest output that may be dropped.
    ///
    /// - Returns: False if there is none.
    private mutating func dropOldest(_ now: Gap.Moment) -> Bool {
        while self.droppableStart < self.droppable.count {
            let number = self.droppable[self.droppableStart]
            self.droppableStart += 1
            guard case .event(let event) = self.remove(number), let scope = event.outputScope else { continue }
            self.losses.droppedOutputs += 1
            self.tell(scope, at: number, event, now)
            if self.droppableStart > 1024 {
                self.droppable.removeFirst(self.droppableStart)
                self.droppableStart = 0
            }
            return true
        }
        return false
    }

    /// Counts a dropped piece in the gap of its scope, which is in the place of the first one that was dropped.
    private mutating func tell(_ scope: Gap.Scope, at number: Int, _ event: WorkspaceEvent, _ now: Gap.Moment) {
        let until = Gap.Moment(local: now.local, server: event.timestamp)
        #if RED_CONTROLS
        if RedControl.isActive(.gapSwallowed) { return }
        #endif
        if let open = self.openGaps[scope], self.isWaiting(open),
            case .gap(var gap) = self.elements[open - self.removed]
        {
            gap.until = until
            gap.droppedEvents = (gap.droppedEvents ?? 0) + 1
            self.elements[open - self.removed] = .gap(gap)
            return
        }
        let gap = Gap(scope, cause: .queueOverflow, since: until, until: until, droppedEvents: 1)
        (self.elements[number - self.removed], self.sizes[number - self.removed]) = (.gap(gap), 0)
        self.holes.remove(number)
        self.count += 1
        self.openGaps[scope] = number
        self.watch?.gap(gap)
    }

    // MARK: Taking

    /// Takes the elements that wait, the oldest first.
    ///
    /// - Parameters:
    ///   - maximum: The largest number.
    ///   - limit: The weight after which no other element is taken; see ``weight``.
    /// - Returns: The elements; empty if there are none.
    mutating func take(_ maximum: Int, weight limit: Int = .max) -> [FollowedElement] {
        var taken: [FollowedElement] = []
        self.take(maximum, weight: limit, into: &taken)
        return taken
    }

    /// Takes the elements that wait, the oldest first.
    ///
    /// - Parameters:
    ///   - maximum: The largest number.
    ///   - limit: The weight after which no other element is taken; see ``weight``.
    ///   - taken: An empty array, whose memory is used.
    mutating func take(_ maximum: Int, weight limit: Int = .max, into taken: inout [FollowedElement]) {
        if self.start == 0, self.holes.isEmpty, self.count <= maximum, self.weight <= limit {
            // Moved out, not copied.
            swap(&taken, &self.elements)
            self.removed += taken.count
            return self.clear()
        }
        taken.reserveCapacity(min(maximum, self.count, limit / Self.elementWeight + 1))
        var left = limit
        while taken.count < maximum, left > 0, self.start < self.elements.count {
            if self.holes.remove(self.removed + self.start) == nil {
                taken.append(self.elements[self.start])
                self.count -= 1
                self.bytes -= self.sizes[self.start]
                left -= self.sizes[self.start] + Self.elementWeight
            }
            self.elements[self.start] = .connection(.idle)
            self.start += 1
        }
        if self.start == self.elements.count {
            self.removed += self.elements.count
            self.elements = []
            self.clear()
        } else if self.start > 1024, self.start > self.elements.count / 2 {
            self.elements.removeFirst(self.start)
            self.sizes.removeFirst(self.start)
            self.removed += self.start
            self.start = 0
        }
    }

    /// The names of repositories that are remembered while nothing waits; a runtime may name any number of them.
    private static let rememberedNames = 64

    /// Forgets what was about the elements; none waits any more.
    private mutating func clear() {
        // A single element is the most frequent case, and the general way is slow.
        if self.sizes.count == 1 {
            self.sizes.removeLast()
        } else {
            self.sizes.removeAll(keepingCapacity: self.sizes.count <= 64)
        }
        (self.start, self.count, self.bytes) = (0, 0, 0)
        if !self.holes.isEmpty { self.holes = [] }
        // The numbers of elements that were taken say nothing, so most tables stay as they are.
        if self.statuses.count > Self.rememberedNames { self.statuses = RecentTable() }
        if self.fileChanges.count > Self.rememberedNames { self.fileChanges = RecentTable() }
        if !self.refreshes.isEmpty { self.refreshes = [:] }
        if !self.droppable.isEmpty { (self.droppable, self.droppableStart) = ([], 0) }
        if !self.openGaps.isEmpty { self.openGaps = [:] }
    }
}

extension WorkspaceEvent {
    /// The scope of a gap in place of this output; nil if it is no output.
    var outputScope: Gap.Scope? {
        switch self.content {
        case .shellOutput: .shell
        case .processOutput(let output): .process(id: output.processID)
        default: nil
        }
    }
}

extension FollowedElement {
    /// A `refresh` in place of all file changes of a repository that may be missing.
    static func refresh(_ repository: String?) -> Self {
        .recovered(
            WorkspaceEvent(.fileChange(FileChange(repositoryName: repository, operation: .refresh))),
            by: .refresh
        )
    }

    /// About the size of a recovered element, in bytes; other elements are small.
    var size: Int {
        guard case .recovered(let event, _) = self else { return 0 }
        return switch event.content {
        case .shellOutput(let text): text.utf8.count
        case .processOutput(let output): output.data.utf8.count
        case .gitCommit(let commit): commit.message.utf8.count + 256
        default: 256
        }
    }
}

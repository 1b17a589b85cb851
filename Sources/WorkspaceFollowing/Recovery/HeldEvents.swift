import WorkspaceProtocol

/// The live events that are held back while what was missed is being recovered, as a pure value.
///
/// Only the latest status of each repository is kept, and it does not count: one can have 80 MB. Everything else is
/// bounded; when it is full, reading must stop.
struct HeldEvents: Sendable {
    private(set) var items: [(event: WorkspaceEvent, bytes: Int)?] = []
    private var statuses: [String: Int] = [:]
    private var count = 0
    /// Their size; statuses do not count.
    private(set) var bytes = 0
    private let maximumEvents: Int
    private let maximumBytes: Int
    /// Whether it was full once: then the runtime may have dropped events that nobody read.
    private(set) var wasFull = false
    /// Whether so many events came in one read that the runtime may have dropped some.
    var hadBurst = false
    /// The timestamp of the first event; nil if there was none.
    private(set) var firstTimestamp: Int64?

    init(_ policy: RecoveryPolicy) {
        (self.maximumEvents, self.maximumBytes) = (policy.maximumHeldEvents, policy.maximumHeldBytes)
    }

    var isFull: Bool { self.count >= self.maximumEvents || self.bytes >= self.maximumBytes }

    mutating func append(_ event: WorkspaceEvent, bytes: Int) {
        if self.firstTimestamp == nil { self.firstTimestamp = event.timestamp }
        if case .gitStatus(let status) = event.content {
            let name = status.repositoryName ?? ""
            // A placeholder says nothing that a real status does not.
            if let old = self.statuses[name] {
                if status.isPlaceholder { return }
                self.items[old] = nil
            }
            self.statuses[name] = self.items.count
            self.items.append((event, bytes))
            return
        }
        self.items.append((event, bytes))
        self.count += 1
        self.bytes += bytes
        if self.isFull { self.wasFull = true }
    }

    var events: [WorkspaceEvent] { self.items.compactMap { $0?.event } }

    /// The head of the real status of a repository; nil if none has come.
    func status(_ name: String) -> GitStatus? {
        guard let index = self.statuses[name], case .gitStatus(let status)? = self.items[index]?.event.content,
            !status.isPlaceholder
        else { return nil }
        return status
    }

    /// The repositories with a real status.
    var repositories: [String] { self.statuses.keys.filter { self.status($0) != nil } }

    /// The processes whose start is among the events, and those whose end is.
    var processes: (started: Set<String>, ended: Set<String>) {
        var (started, ended) = (Set<String>(), Set<String>())
        for case (let event, _)? in self.items {
            guard case .processStatus(let status) = event.content else { continue }
            if status.status.isEnd { ended.insert(status.processID) } else { started.insert(status.processID) }
        }
        return (started, ended)
    }
}

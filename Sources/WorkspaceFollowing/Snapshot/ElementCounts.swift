import WorkspaceProtocol

/// How many elements of each kind a consumer has taken.
struct ElementCounts: Sendable {
    private(set) var recovered = 0
    private(set) var gaps = 0
    private(set) var processEnds = 0
    private var status = 0
    private var commits = 0
    private var resets = 0
    private var switches = 0
    private var files = 0
    private var outputs = 0
    private var processes = 0
    private var shell = 0
    private var others: [WorkspaceMessageType: Int] = [:]

    mutating func count(_ element: FollowedElement) {
        switch element {
        case .event(let event): self.count(event.content)
        case .recovered: self.recovered += 1
        case .gap: self.gaps += 1
        case .connection: break
        }
    }

    private mutating func count(_ content: WorkspaceEvent.Content) {
        switch content {
        case .gitStatus: self.status += 1
        case .gitCommit: self.commits += 1
        case .gitReset: self.resets += 1
        case .branchSwitch: self.switches += 1
        case .fileChange: self.files += 1
        case .processOutput: self.outputs += 1
        case .processStatus(let status):
            self.processes += 1
            if status.status.isEnd { self.processEnds += 1 }
        case .shellOutput: self.shell += 1
        default: self.others[content.type, default: 0] += 1
        }
    }

    /// The events that came on the wire, by their type.
    var events: [WorkspaceMessageType: Int] {
        var events = self.others
        let known: [(WorkspaceMessageType, Int)] = [
            (.gitStatus, self.status), (.gitCommit, self.commits), (.gitReset, self.resets),
            (.branchSwitch, self.switches), (.fileChange, self.files), (.processOutput, self.outputs),
            (.processStatus, self.processes), (.shellOutput, self.shell),
        ]
        for (type, count) in known where count > 0 { events[type] = count }
        return events
    }
}

#if RED_CONTROLS
internal import RedControls
#endif

/// The rules of all gates of one process, as a pure value: first come, first served, one holder per workspace.
///
/// ```
/// (no entry) ── request ──► held ── request ──► held, with waiters
///      ▲                     │ ▲                     │
///      └── release, no one ──┘ └── release: the first waiter is granted
/// ```
///
/// A waiter gets the gate, is cancelled, or times out. The first of these events counts, and the others do nothing.
struct GateState: Sendable {
    /// What the asking task must do.
    enum OnRequest: Equatable { case granted, wait }

    private struct Entry: Sendable {
        var holder: GateRequest
        var waiters: [GateRequest] = []
    }

    private var entries: [WorkspaceID: Entry] = [:]
    private var lastToken: UInt64 = 0

    /// The number of workspaces whose gate is held.
    var count: Int { self.entries.count }

    /// Makes a request with the next number.
    mutating func makeRequest(
        _ workspace: WorkspaceID,
        _ verb: LifecycleVerb,
        by requester: String,
        now: Duration
    ) -> GateRequest {
        self.lastToken += 1
        return GateRequest(workspace: workspace, requester: requester, verb: verb, since: now, token: self.lastToken)
    }

    /// A task asks for the gate.
    mutating func request(_ request: GateRequest) -> OnRequest {
        guard self.entries[request.workspace] != nil else {
            self.entries[request.workspace] = Entry(holder: request)
            return .granted
        }
        self.entries[request.workspace]?.waiters.append(request)
        return .wait
    }

    /// Removes a waiter that was cancelled or whose deadline has passed.
    ///
    /// - Returns: Whether it still waited. `false` means that it got the gate or has left already.
    mutating func leave(_ request: GateRequest) -> Bool {
        guard let index = self.entries[request.workspace]?.waiters.firstIndex(where: { $0.token == request.token })
        else { return false }
        #if RED_CONTROLS
        if RedControl.isActive(.gateWaiterStays) { return true }
        #endif
        self.entries[request.workspace]?.waiters.remove(at: index)
        return true
    }

    /// Releases the gate of this holder.
    ///
    /// - Returns: The waiter that holds the gate from now on and must be resumed.
    mutating func release(_ holder: GateRequest, now: Duration) -> GateRequest? {
        guard var entry = self.entries[holder.workspace], entry.holder.token == holder.token else { return nil }
        guard !entry.waiters.isEmpty else {
            self.entries[holder.workspace] = nil
            return nil
        }
        entry.holder = entry.waiters.removeFirst()
        #if RED_CONTROLS
        if RedControl.isActive(.gateServesLastFirst), let last = entry.waiters.popLast() {
            entry.waiters.insert(entry.holder, at: 0)
            entry.holder = last
        }
        #endif
        entry.holder.since = now
        self.entries[holder.workspace] = entry
        return entry.holder
    }

    /// The request that holds the gate.
    func holder(of workspace: WorkspaceID) -> GateRequest? { self.entries[workspace]?.holder }

    /// The requests that wait, in the order in which they will be served.
    func waiters(of workspace: WorkspaceID) -> [GateRequest] { self.entries[workspace]?.waiters ?? [] }
}

import AgentRuntime
import TestSupport
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing

// What happens.
extension FollowingSchedule {
    func perform(_ action: FollowingAction) {
        self.note("\(action)")
        switch action {
        case .cuts: self.server?.open.last?.cut()
        case .closes: self.server?.open.last?.end(StreamEnd(.goingAway))
        case .restarts: self.restart(moves: false)
        case .moves: self.restart(moves: true)
        case .deletes: self.delete()
        case .refusesDials: self.refuse(\.refusesDials)
        case .refusesAnswers: self.refuse(\.refusesAnswers)
        case .slowAnswers: self.refuse(\.isSlow)
        case .stopsTaking: self.stopsTaking = true
        case .reconcile: self.follower?.reconcile()
        case .reconnectNow: self.follower?.reconnectNow()
        case .handsOver: self.handsOver = true
        default: self.work(action)
        }
    }

    private func work(_ action: FollowingAction) {
        guard let server = self.server, server.isAlive else { return }
        let process = self.draw(max(1, server.processes.count))
        switch action {
        case .prints: for _ in 0..<(1 + self.draw(5)) { server.print(bytes: 60) }
        case .printsMuch: for _ in 0..<(1 + self.draw(12)) { server.print(bytes: 3000) }
        case .startsShell: server.startShell()
        case .respawnsShell: server.respawnShell()
        case .startsProcess: server.startProcess()
        case .writesOutput: for _ in 0..<(1 + self.draw(5)) { server.writeOutput(of: process, bytes: 40) }
        case .writesMuchOutput where self.mayFlood:
            for _ in 0..<(5 + self.draw(120)) { server.writeOutput(of: process, bytes: 60) }
        case .endsProcess: server.endProcess(at: process)
        case .commits: server.commit(count: 1)
        case .commitsSeveral: server.commit(count: 2 + self.draw(4))
        case .amends: server.amend()
        case .switchesBranch: server.switchBranch()
        case .changesFiles: server.changeFiles(1 + self.draw(6))
        case .changesManyFiles where self.mayFlood: server.changeFiles(20 + self.draw(150))
        case .repeatsStatus: server.sendStatus(isNew: false)
        default: break
        }
    }

    /// Whether a client can know that a flood was dropped: its reader has stopped, or gets the rest in one read.
    private var mayFlood: Bool { self.server?.open.last.map { $0.isPaused || $0.hasLargeWindow } ?? true }

    private func refuse(_ fault: any ReferenceWritableKeyPath<FollowingSchedule, Bool> & Sendable) {
        self[keyPath: fault] = true
        self.post(after: self.pick([500, 4000, 12_000])) { self[keyPath: fault] = false }
    }

    private func restart(moves: Bool) {
        guard let old = self.server else { return }
        old.stop()
        let id = moves ? "e\(self.next())" : old.instanceID
        let port = moves ? old.port + self.draw(2) : old.port
        self.replace(id, port)
    }

    private func delete() {
        guard let old = self.server, old.isAlive else { return }
        old.delete()
        self.replace("e\(self.next())", old.port + self.draw(2))
    }

    private func replace(_ id: String, _ port: Int) {
        let old = self.server
        self.post(after: self.pick([1, 700, 3000])) {
            guard self.server === old, let endpoint = try? self.begin(id, port: port) else { return }
            self.post(after: self.pick([0, 0, 2500])) { if self.server?.instanceID == id { self.named = endpoint } }
        }
    }

    // MARK: The end

    func calmDown() {
        self.note("calm")
        (self.calmAt, self.handsOver) = (self.executor.now, false)
    }

    func finalStatuses() {
        (self.refusesDials, self.refusesAnswers, self.isSlow) = (false, false, false)
        for repository in self.disk { self.server?.sendStatus(of: repository) }
    }

    func finish() {
        self.note("finish")
        if let follower = self.follower, let server = self.server, !self.executor.isSlow {
            self.checkSnapshot(follower.snapshot, server)
        }
        self.isFinished = true
        self.follower?.requestClose()
    }

    private func checkSnapshot(_ snapshot: WorkspaceSnapshot, _ server: SimulatedAgentctl) {
        guard snapshot.connection == .live else {
            return self.violate("not live at the end: \(snapshot.connection.name)")
        }
        for repository in self.disk where snapshot.repositories[repository.name]?.status != repository.status() {
            self.violate("the status of \(repository.name) differs")
        }
        // What was dropped while connected is told, and a follower can't know what it was.
        let last = self.log.last { $0.gap?.scope == .stream }?.gap
        guard last?.isSuspectedDrop != true else { return }
        // If the list was not to be had, those that were started meanwhile are not known.
        let isListed = self.log.last { $0.gap?.isOfConnection == true }?.gap?.certainty != .unknown
        let running = Set(snapshot.processes.filter { !$0.value.hasEnded }.keys)
        let expected = Set(server.processes.map(\.id))
        // Those that ran before the first attach are not asked for.
        let first = self.connections.first(where: \.hasDelivered)?.attachedAt ?? .zero
        let new = Set(self.events.filter { $0.time > first }.compactMap(\.chain.processID))
        if !running.isSubset(of: expected) || (isListed && !expected.intersection(new).isSubset(of: running)) {
            self.violate("\(running.sorted()) run, and should be \(expected.sorted())")
        }
    }

    func checkRest() {
        if self.members != 0 { self.violate("\(self.members) memberships are left") }
        if self.pending != 0 { self.violate("\(self.pending) requests or dials are left") }
        let open = self.connections.filter { $0.endedAt == nil }
        if !open.isEmpty { self.violate("the connections \(open.map(\.number)) are left") }
        if self.follower?.end == nil { self.violate("the follower has no end") }
    }
}

extension StreamEnd.Reason {
    /// A server, or a gateway, that closes with code 1001.
    fileprivate static var goingAway: Self {
        .closedByServer(WebSocketClosure(cause: .closingHandshake, received: CloseFrame(.goingAway)))
    }
}

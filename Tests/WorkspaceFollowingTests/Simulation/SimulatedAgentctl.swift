import AgentRuntime
import TestSupport
import WorkspaceProtocol

/// An agentctl in memory with the habits of the real one: silent drops, rings, a replay that can be missing.
///
/// One value is one run of the server; its repositories outlive it. Each event that it makes has a number in its
/// content, which it tells the oracle.
final class SimulatedAgentctl: @unchecked Sendable {
    struct Process {
        let id: String
        var status: ProcessStatus
        var ring: [WorkspaceProcess.Chunk] = []
        let startedAt: RFC3339Timestamp
    }

    private static let processRingBytes = 4096

    let instanceID: String
    let port: Int
    let world: FollowingSchedule
    let repositories: [SimulatedRepository]
    private(set) var processes: [Process] = []
    private(set) var shell: SimulatedShell?
    private(set) var connections: [SimulatedConnection] = []
    /// Whether it is there: false after a restart, and after the instance was deleted.
    private(set) var isAlive = true

    init(instanceID: String, port: Int, world: FollowingSchedule, repositories: [SimulatedRepository]) {
        (self.instanceID, self.port, self.world, self.repositories) = (instanceID, port, world, repositories)
    }

    // MARK: Connections

    /// The answer 101; the attach comes later.
    func accept(_ connection: SimulatedConnection) {
        self.connections.append(connection)
        self.world.post(after: self.world.pick([1, 20, 300, 4700])) {
            guard self.isAlive, connection.isOpen else { return }
            self.world.note("connection \(connection.number) is subscribed")
            connection.subscribe(self.replay())
            self.world.post(after: self.world.pick([0, 1, 50])) {
                guard self.isAlive, connection.isOpen else { return }
                self.world.note("connection \(connection.number) is attached, shell: \(self.shell != nil)")
                connection.attach(hasShell: self.shell != nil, timestamp: self.world.serverTime)
                self.stir()
            }
        }
    }

    /// Often the workspace is busy while a client recovers: then events are in the answers, and come on the wire, too.
    private func stir() {
        guard self.world.calmAt == nil, self.world.draw(3) == 0 else { return }
        for _ in 0..<(1 + self.world.draw(4)) {
            self.world.post(after: self.world.draw(150)) {
                self.print(bytes: 100)
                if !self.processes.isEmpty { self.writeOutput(of: self.world.draw(self.processes.count), bytes: 10) }
                if self.world.draw(4) == 0 { self.commit(count: 1) }
            }
        }
    }

    private func replay() -> [WorkspaceEvent] {
        let isMissing = self.world.draw(6) == 0
        return self.repositories.compactMap { repository in
            switch self.world.draw(8) {
            case 0: nil
            case 1: WorkspaceEvent(.gitStatus(repository.placeholder), timestamp: self.world.serverTime)
            default: isMissing ? nil : WorkspaceEvent(.gitStatus(repository.status()), timestamp: self.world.serverTime)
            }
        }
    }

    var open: [SimulatedConnection] { self.connections.filter(\.isOpen) }

    private func send(_ content: WorkspaceEvent.Content, _ chain: MadeEvent.Chain, _ number: Int) {
        guard self.isAlive else { return }
        let event = WorkspaceEvent(content, timestamp: self.world.serverTime)
        let home = self.open.last { $0.attachedAt != nil }
        let canBeKnown = home.map { $0.isPaused || $0.hasLargeWindow } ?? true
        let hasArrived = home?.offer(event) ?? false
        // Of a shell that was started after the attach, nothing is sent.
        let isSent = if case .shell = chain { home?.hasShell ?? false } else { home != nil }
        self.world.made(
            MadeEvent(
                chain: chain,
                number: number,
                time: self.world.executor.now,
                home: home ?? self.world.attached,
                isExcused: isSent && !hasArrived && !canBeKnown
            )
        )
    }

    // MARK: Shell

    func startShell() {
        self.shell = self.shell ?? SimulatedShell(startedAt: self.world.serverNanoseconds)
        self.world.note("the shell is started")
    }

    /// agentctl starts it again at once; its ring stays.
    func respawnShell() {
        self.shell?.startedAt = self.world.serverNanoseconds
        self.world.note("the shell is started again")
    }

    func print(bytes: Int) {
        guard self.shell != nil, self.isAlive else { return }
        let number = self.world.next()
        let filler = String(repeating: self.world.pick([".", "=", "é", "x"]), count: self.world.draw(bytes + 1))
        let cuts = self.world.draw(8) == 0
        let text = self.shell?.write("<\(number)>\(filler)\r\n", cuts: cuts) ?? ""
        self.send(.shellOutput(text), .shell, number)
    }

    // MARK: Processes

    func startProcess() {
        let number = self.world.next()
        let id = "p\(number)"
        self.processes.append(
            Process(id: id, status: self.status(id, number, .running), startedAt: self.world.rfc3339)
        )
        self.send(.processStatus(self.status(id, number, .running)), .process(id: id), number)
    }

    private func status(
        _ id: String,
        _ number: Int,
        _ state: ProcessStatus.State,
        exitCode: Int? = nil
    ) -> ProcessStatus {
        ProcessStatus(
            sessionID: "s",
            processID: id,
            kind: ProcessKind(rawValue: "dev"),
            command: "run",
            workingDirectory: "d\(number)",
            status: state,
            exitCode: exitCode,
            timestamp: self.world.rfc3339
        )
    }

    func writeOutput(of index: Int, bytes: Int) {
        guard self.isAlive, self.processes.indices.contains(index) else { return }
        let number = self.world.next()
        let id = self.processes[index].id
        var chunk = WorkspaceProcess.Chunk()
        chunk.stream = self.world.draw(3) == 0 ? .standardError : .standardOutput
        chunk.data = "<\(number)>" + String(repeating: "o", count: self.world.draw(bytes + 1))
        chunk.timestamp = self.world.rfc3339
        self.processes[index].ring.append(chunk)
        while self.processes[index].ring.reduce(0, { $0 + $1.data.utf8.count }) > Self.processRingBytes {
            self.processes[index].ring.removeFirst()
        }
        let output = ProcessOutput(
            sessionID: "s",
            processID: id,
            kind: ProcessKind(rawValue: "dev"),
            stream: chunk.stream,
            data: chunk.data,
            timestamp: chunk.timestamp
        )
        self.send(.processOutput(output), .output(process: id, stream: chunk.stream.rawValue), number)
    }

    /// Its output and its exit code are forgotten at once.
    func endProcess(at index: Int) {
        guard self.isAlive, self.processes.indices.contains(index) else { return }
        let process = self.processes.remove(at: index)
        let number = self.world.next()
        self.send(
            .processStatus(self.status(process.id, number, .exited, exitCode: 0)),
            .process(id: process.id),
            number
        )
    }

    // MARK: Repositories

    private var repository: SimulatedRepository { self.repositories[self.world.draw(self.repositories.count)] }

    func sendStatus(of repository: SimulatedRepository? = nil, isNew: Bool = true) {
        let repository = repository ?? self.repository
        let number = isNew ? self.world.next() : repository.statusNumber
        let status = repository.status(number: number)
        self.send(.gitStatus(status), .status(repository: repository.name), number)
    }

    /// Several commits: the status with the new head first, then the commits up to 2 s later, newest first.
    func commit(count: Int) {
        let repository = self.repository
        guard self.isAlive, !repository.isTelling else { return }
        let commits = (0..<count).map { _ in repository.commit("c\(self.world.next())") }
        self.sendStatus(of: repository)
        repository.isTelling = true
        self.world.post(after: self.world.draw(2000)) {
            repository.isTelling = false
            for commit in commits.reversed() {
                let number = Int(commit.commitSHA.dropFirst()) ?? 0
                self.send(.gitCommit(commit), .commit(repository: repository.name), number)
            }
        }
    }

    func amend() {
        let repository = self.repository
        guard self.isAlive, !repository.isTelling else { return }
        let number = self.world.next()
        self.send(.gitReset(repository.amend("a\(number)")), .reset(repository: repository.name), number)
        self.sendStatus(of: repository)
    }

    func switchBranch() {
        let repository = self.repository
        guard self.isAlive, !repository.isTelling else { return }
        let number = self.world.next()
        let change = repository.checkOut("b\(number)")
        self.send(.branchSwitch(change), .branchSwitch(repository: repository.name), number)
        self.sendStatus(of: repository)
    }

    func changeFiles(_ count: Int) {
        let name = self.repository.nameIfAny
        for _ in 0..<count {
            let number = self.world.next()
            let change = FileChange(repositoryName: name, path: "f\(number)", operation: .write)
            self.send(.fileChange(change), .file(repository: name ?? ""), number)
        }
    }

    // MARK: The end

    /// The server ends, and all its connections with it.
    func stop() {
        self.isAlive = false
        self.world.note("the server \(self.instanceID) ends")
        for connection in self.open { connection.cut() }
    }

    /// The instance is deleted: its connections stay open and silent, until the client's check finds out.
    func delete() {
        self.world.note("the instance \(self.instanceID) is deleted")
        while !self.processes.isEmpty { self.endProcess(at: 0) }
        self.isAlive = false
        for connection in self.open {
            self.world.post(after: 5000 + self.world.draw(25_000)) {
                connection.end(StreamEnd(.failed(AgentRuntimeError(.instanceGone, "the instance is gone"))))
            }
        }
    }
}

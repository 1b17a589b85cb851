import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

/// One workspace that is followed through many faults: a server that makes events, and a follower whose elements an
/// oracle judges. Everything comes from a seed, but for the timing of the sockets.
struct FaultRun {
    /// What goes wrong.
    enum Fault: String, CaseIterable {
        case abort, cutFrame, stall, goingAway, refusal, refusalWithRetryAfter, slowHandshake, lateAnswers
        case failedAnswers, missingStatus, lossyAnswers, ghost, restart, restartWithProcesses
    }

    /// The source does not know where the runtime is.
    private struct Unknown: Error {}

    /// The answers from which a recovery learns what was missed.
    private static let questions = [
        "shell/status", "shell/buffer", "processes", "processes/:id", "git/log", "git/status",
    ].map { "GET /api/v1/\($0)" }

    private let seed: UInt64
    private let faults: Int
    private let log = ElementLog()
    private var made: MadeEvents
    private var server: MockServer
    private var ghosts: [MockServer] = []
    private var instances = 1
    /// Where the runtime is; nil while nobody knows.
    private let current: Locked<FollowedEndpoint?>
    private(set) var story: [String] = []

    init(seed: UInt64, faults: Int) async throws {
        (self.seed, self.faults, self.made) = (seed, faults, MadeEvents(seed: seed))
        var configuration = MockServerConfiguration.followed
        configuration.instanceID = "i1"
        configuration.attachDelay = seed % 2 == 0 ? .milliseconds(3) : .zero
        configuration.processOutputBytes = seed % 3 == 0 ? 400 : 1 << 20
        self.server = try await MockServer.start(configuration)
        self.current = Locked(FollowedEndpoint(try RuntimeEndpoint(self.server.url, instanceID: "i1")))
    }

    /// Runs all faults, and judges the elements.
    ///
    /// - Returns: What is wrong; empty if nothing is.
    mutating func run() async throws -> [String] {
        let follower = try WorkspaceFollower(of: self.source, configuration: self.configuration)
        let (log, isSlow) = (self.log, self.seed % 4 == 1)
        self.server.broadcast(Sent.status(head: "c0"))
        follower.start()
        let consumer = Task {
            try await log.take(follower) { if isSlow { try? await Task.sleep(for: .milliseconds(1)) } }
        }
        let outcome = try await Result.catching { try await self.disturb(follower) }
        let left = await follower.close()
        try await withTimeout("the elements end") { try await consumer.value }
        return try outcome.get() + (try await self.end(of: follower, left))
    }

    /// Runs all faults like ``run()``, as one workspace of a fleet, and leaves it.
    ///
    /// - Parameters:
    ///   - fleet: The fleet.
    ///   - workspace: An id that no other run has.
    ///   - logs: Gets the elements of the fleet.
    /// - Returns: What is wrong; empty if nothing is.
    mutating func run(in fleet: WorkspaceFleet, as workspace: String, _ logs: FleetLogs) async throws -> [String] {
        let log = self.log
        self.server.broadcast(Sent.status(head: "c0"))
        logs.begin(workspace, log)
        let follower = try fleet.follow(workspace, at: self.source)
        let outcome = try await Result.catching { try await self.disturb(follower) }
        let left = await fleet.unfollow(workspace)
        try await eventually("the elements of \(workspace) end") { log.states.last?.name == "gone" }
        logs.end(workspace)
        return try outcome.get() + (try await self.end(of: follower, left))
    }

    private var source: ClosureEndpointSource {
        ClosureEndpointSource { [current = self.current] in
            guard let endpoint = current.withLock({ $0 }) else { throw Unknown() }
            return endpoint
        }
    }

    /// Judges the elements, and stops the servers, on which nothing is left.
    private func end(of follower: WorkspaceFollower, _ left: [FollowerWork]) async throws -> [String] {
        var problems = DeliveryOracle(self.log.elements, self.made).problems
        if left != [] || follower.work != [] { problems.append("left: \(left)") }
        for server in self.ghosts + [self.server] {
            try await withTimeout("no socket is left") { try await server.waitForSockets(0) }
            await server.stop()
        }
        return problems
    }

    private var configuration: FollowerConfiguration {
        var configuration = FollowerConfiguration.quick
        configuration.recovery.timeout = .milliseconds(400)
        configuration.recovery.statusWait = .milliseconds(30)
        configuration.recovery.auditInterval = self.seed % 2 == 0 ? nil : .milliseconds(50)
        configuration.runtime.instanceCheck = .milliseconds(60)
        return configuration
    }

    private mutating func disturb(_ follower: WorkspaceFollower) async throws -> [String] {
        try await self.log.wait(for: "status c0")
        for _ in 0..<self.faults {
            try await self.work(self.made.choose(1...8))
            let fault = Fault.allCases[self.made.choose(0...Fault.allCases.count - 1)]
            self.story.append(fault.rawValue)
            try await self.inject(fault)
            try await self.work(self.made.choose(0...8))
            // Sometimes the next fault comes while the follower is still recovering.
            if self.made.choose(0...2) > 0 { try await self.awaitLive(follower) }
        }
        return try await self.calm(follower)
    }

    private func awaitLive(_ follower: WorkspaceFollower) async throws {
        let server = self.server
        try await eventually("it is live") { follower.snapshot.connection == .live && server.connectionCount == 1 }
    }

    /// Makes events, with short pauses.
    private mutating func work(_ count: Int) async throws {
        for _ in 0..<count {
            for event in self.made.some() { self.server.broadcast(event) }
            if self.made.choose(0...2) == 0 { try await Task.sleep(for: .milliseconds(self.made.choose(0...3))) }
        }
    }

    // MARK: Faults

    private mutating func inject(_ fault: Fault) async throws {
        switch fault {
        case .abort: self.server.abortAll()
        case .cutFrame: self.server.cutAll(in: self.made.shell())
        case .stall:
            self.server.stallAll()
            try await self.work(3)
            self.server.resumeAll()
        case .goingAway: await self.server.closeAll(.goingAway)
        case .refusal: try self.reconnect([[.refuseUpgrade(status: 503)], [.dropUpgrade], []])
        case .refusalWithRetryAfter:
            try self.reconnect([[.refuseUpgrade(status: 503, fields: ["Retry-After": "1"])], []])
        case .slowHandshake: try self.reconnect([[.holdUpgrade(.milliseconds(self.made.choose(1...40)))], []])
        case .lateAnswers: try self.reconnect(self.answers(.late(.milliseconds(self.made.choose(1...30)))))
        case .failedAnswers: try self.reconnect(self.answers(.failure(status: 500, message: "fault")))
        case .lossyAnswers: try self.reconnect(self.answers(.drop))
        case .missingStatus:
            var scenario = Scenario.idle
            scenario.faults.replay = self.made.choose(0...1) == 0 ? .missing : .placeholder
            try self.reconnect(scenario)
        case .ghost: try await self.replaceInstance()
        case .restart:
            self.server = try await self.server.restart()
            self.made.loseProcesses()
        case .restartWithProcesses: self.server = try await self.server.restart(MockRestart(keepsProcesses: true))
        }
    }

    private func reconnect(_ attempts: [[ScenarioStep]]) throws { try self.reconnect(Scenario(attempts: attempts)) }

    private func reconnect(_ scenario: Scenario) throws {
        try self.server.setScenario(scenario)
        self.server.abortAll()
    }

    private mutating func answers(_ kind: AnswerFault.Kind) -> Scenario {
        var scenario = Scenario.idle
        for question in Self.questions where self.made.choose(0...1) == 0 {
            scenario.faults.answers.append(AnswerFault(question, kind, count: 1))
        }
        return scenario
    }

    /// The instance is deleted behind its stream, and another one gets its port.
    private mutating func replaceInstance() async throws {
        self.instances += 1
        let id = "i\(self.instances)"
        let old = self.server
        self.current.withLock { $0 = nil }
        self.server = try await old.restart(MockRestart(instanceID: id, leavesGhosts: true))
        self.made.loseProcesses()
        self.ghosts.append(old)
        let endpoint = FollowedEndpoint(try RuntimeEndpoint(self.server.url, instanceID: id))
        self.current.withLock { $0 = endpoint }
    }

    // MARK: The end

    /// Lets the follower recover once more without faults, and compares its snapshot with the server.
    private mutating func calm(_ follower: WorkspaceFollower) async throws -> [String] {
        try await self.awaitLive(follower)
        let lives = self.log.states.count { $0 == .live }
        try self.reconnect(.idle)
        try await self.log.wait(for: "live", count: lives + 1)
        try await self.awaitLive(follower)
        let marks = self.made.marks()
        for event in marks { self.server.broadcast(event) }
        let (log, numbers) = (self.log, Set(marks.compactMap { $0.made?.begun }.joined()))
        try await eventually("the last events, \(numbers)") {
            numbers.isSubset(of: log.elements.suffix(40).flatMap { $0.event?.made?.begun ?? [] })
        }
        try await eventually("it is taken") { follower.snapshot.elements == log.elements.count }
        return self.compare(follower.snapshot)
    }

    private func compare(_ snapshot: WorkspaceSnapshot) -> [String] {
        var problems: [String] = []
        let status = snapshot.repositories[""]?.status
        let expected = self.server.statuses.first
        if status?.headCommit != expected?.headCommit || status?.modified != expected?.modified {
            problems.append("status \(status?.headCommit ?? "none"), and not \(expected?.headCommit ?? "none")")
        }
        // On a slow machine the last answers can be late. Then the snapshot says that the parts are not fresh.
        let isFresh = snapshot.processes.values.allSatisfy { $0.freshness == .fresh }
        let running = snapshot.processes.filter { !$0.value.hasEnded }.keys.sorted()
        let isRight = running == self.server.runningProcesses.sorted() && running == self.made.running.sorted()
        if isFresh, !isRight {
            problems.append("running \(running), and not \(self.server.runningProcesses.sorted())")
        }
        // A new shell has a short ring, and the consumer still has the end of the old one.
        let ring = self.server.shellRing.suffix(40)
        let tail = snapshot.shell.tail
        // After a hole the tail begins anew, so it can be shorter.
        let isEnd = tail.hasSuffix(ring) || (!tail.isEmpty && ring.hasSuffix(tail))
        if snapshot.shell.freshness == .fresh, ring.isEmpty || !isEnd {
            problems.append("the shell ends with \(snapshot.shell.tail.suffix(40)), and not \(ring)")
        }
        return problems
    }

    /// The counters of the run, for a report.
    var summary: (recovered: Int, missing: Int, events: Int) {
        let oracle = DeliveryOracle(self.log.elements, self.made)
        return (oracle.recovered, oracle.missing, self.made.lines.values.reduce(0) { $0 + $1.count })
    }

    /// The elements, to see what has happened.
    var trace: String {
        self.log.elements.enumerated().map { index, element in
            guard let made = element.event?.made else {
                return "\(index) \(element.words.prefix(160))\(element.certainty)"
            }
            let source = if case .recovered = element { "+" } else { "" }
            return "\(index) \(source)\(made.line) \(made.begun)"
        }.joined(separator: "\n")
    }
}

import AgentRuntime
import ConcurrencyPrimitives
import Foundation
import TestSupport
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing
import WorkspaceProtocol

/// One program of a workspace, a network and a consumer around real followers, in one order; a seed decides both.
///
/// Everything happens on the thread that calls ``run()``: the tasks run on the seeded executor, and time is its own. So
/// the class may be `@unchecked Sendable`: no other thread uses its properties.
final class FollowingSchedule: @unchecked Sendable {
    let seed: UInt64
    private let isTraced: Bool
    let executor: SeededExecutor
    let timers: SimulatedTimers
    private(set) var trace: [String] = []
    private(set) var violations: [String] = []
    private(set) var log: [TakenElement] = []
    private(set) var events: [MadeEvent] = []

    // What the runtimes and the connections count.
    var members = 0
    var pending = 0
    var refusesDials = false
    var refusesAnswers = false
    var isSlow = false

    var server: SimulatedAgentctl?
    /// The server that the source names.
    var named: FollowedEndpoint?
    let disk: [SimulatedRepository]
    private(set) var connections: [SimulatedConnection] = []
    private var number = 0
    private var lastNanoseconds: Int64 = 0
    private let skew: Int64
    private var configuration = FollowerConfiguration()
    var follower: WorkspaceFollower?
    var stopsTaking = false
    var handsOver = false
    var calmAt: Duration?
    private var isCalm: Bool { self.calmAt != nil }
    var isFinished = false
    private var hasEnded = false
    private let windowSize: Int
    private let restsOften: Bool

    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - isTraced: Whether ``trace`` is written, which takes time.
    init(seed: UInt64, isTraced: Bool = false) {
        (self.seed, self.isTraced) = (seed, isTraced)
        let executor = SeededExecutor(seed: seed)
        self.executor = executor
        self.timers = SimulatedTimers(executor: executor)
        let names = [[""], ["api", "web"], ["web"]][executor.draw(below: 3)]
        self.disk = names.enumerated().map { SimulatedRepository(name: $1, head: "root\($0)") }
        self.skew = [0, -90_000, 250_000][executor.draw(below: 3)]
        self.windowSize = [4, 32, 1000][executor.draw(below: 3)]
        self.restsOften = executor.draw(below: 3) == 0
        self.configure()
    }

    private func configure() {
        self.configuration.dialLimiter = DialLimiter()
        self.configuration.recovery.auditInterval = .seconds(40)
        self.configuration.queue.maximumEvents = self.pick([12, 60, 1000])
        self.configuration.queue.maximumFileChanges = self.pick([3, 256])
        self.configuration.queue.shellOutput = self.pick([.wait, .dropOldest])
        self.configuration.queue.processOutput = self.pick([.wait, .dropOldest])
        self.configuration.recovery.maximumHeldEvents = self.pick([8, 1024])
        self.configuration.recovery.maximumRequests = self.pick([1, 4])
        self.configuration.recovery.maximumCommits = self.pick([3, 1000])
    }

    // MARK: Chance and time

    func draw(_ bound: Int) -> Int { self.executor.draw(below: bound) }

    func pick<Value>(_ values: [Value]) -> Value { values[self.draw(values.count)] }

    func next() -> Int {
        self.number += 1
        return self.number
    }

    private static let epoch: Int64 = 1_767_225_600_000

    /// Our wall clock.
    var wall: Int64 { Self.wall(at: self.executor.now) }

    static func wall(at time: Duration) -> Int64 { Self.epoch + time.milliseconds }

    /// The wall clock of the runtime.
    var serverTime: Int64 { self.wall + self.skew }

    /// A time of the runtime that differs from the last one, but not always.
    var serverNanoseconds: Int64 {
        let now = self.serverTime * 1_000_000
        self.lastNanoseconds = max(now, self.lastNanoseconds + (self.draw(6) == 0 ? 0 : 1))
        return self.lastNanoseconds
    }

    var rfc3339: RFC3339Timestamp { self.rfc3339(self.serverNanoseconds) }

    func rfc3339(_ nanoseconds: Int64) -> RFC3339Timestamp {
        RFC3339Timestamp(
            .init(seconds: nanoseconds / 1_000_000_000, nanoseconds: Int(nanoseconds % 1_000_000_000))
        )
    }

    /// The time that one way of a request takes.
    var latency: Duration { .milliseconds(self.isSlow ? self.pick([50, 900, 4000]) : self.pick([1, 5, 60])) }

    func post(_ name: @autoclosure @escaping @Sendable () -> String, _ event: @escaping @Sendable () -> Void) {
        self.executor.post {
            self.note(name())
            event()
        }
    }

    func post(after milliseconds: Int, _ event: @escaping @Sendable () -> Void) {
        self.executor.post(after: .milliseconds(milliseconds), event)
    }

    func sleep(_ milliseconds: Int) async throws(CancellationError) {
        try await self.timers.sleep(.milliseconds(milliseconds))
    }

    func note(_ line: @autoclosure () -> String) {
        if self.isTraced { self.trace.append("\(self.executor.now.milliseconds) ms: \(line())") }
    }

    func violate(_ violation: String) {
        self.note("VIOLATION: \(violation)")
        self.violations.append(violation)
    }

    // MARK: What the servers report

    func server(at port: Int) -> SimulatedAgentctl? {
        guard let server = self.server, server.isAlive, server.port == port else { return nil }
        return server
    }

    func connect(to server: SimulatedAgentctl, _ receiver: any WorkspaceEventReceiver) -> SimulatedConnection {
        if self.connections.contains(where: { $0.endedAt == nil }) {
            self.violate("a stream is opened while another one is there")
        }
        let connection = SimulatedConnection(
            number: self.connections.count,
            world: self,
            window: self.windowSize,
            receiver: receiver
        )
        self.connections.append(connection)
        self.note("connection \(connection.number) is open")
        server.accept(connection)
        Task(executorPreference: self.executor) { await connection.read() }
        return connection
    }

    /// The connection that the client has.
    var attached: SimulatedConnection? { self.connections.last { $0.endedAt == nil && $0.attachedAt != nil } }

    func made(_ event: MadeEvent) {
        self.note("made \(event.chain) \(event.number)\(event.isExcused ? ", dropped" : "")")
        self.events.append(event)
    }

    // MARK: Running

    func run() throws {
        self.named = try self.begin("e0", port: 41_000)
        let some = FollowingAction.some(self.draw)
        var time = 0
        for _ in 0..<(5 + self.draw(22)) {
            let action = self.pick(some)
            self.post(after: time) { self.perform(action) }
            time += self.pick([0, 10, 200, 1500, 6000])
        }
        self.post(after: time) { self.calmDown() }
        self.post(after: time + 75_000) { self.finalStatuses() }
        self.post(after: time + 110_000) { self.finish() }
        Task(executorPreference: self.executor) {
            await self.consume()
            self.hasEnded = true
        }
        self.runUntilEnd()
        self.checkRest()
        for index in self.events.indices {
            guard case .commit(let name) = self.events[index].chain else { continue }
            let repository = self.disk.first { $0.name == name }
            self.events[index].isReplaced = repository?.has("c\(self.events[index].number)") != true
        }
        // On a slow machine time passes before everything has settled.
        if self.executor.isSlow { self.events.removeAll { $0.time >= self.calmAt ?? .zero } }
        FollowingOracle(self.log, self.events, self.connections)
            .check { self.violate($0) }
        self.follower = nil
    }

    private func runUntilEnd() {
        var steps = 0
        while !self.hasEnded, steps < 200_000 {
            _ = self.executor.run(limit: 1)
            steps += 1
        }
        if !self.hasEnded { self.violate("the follower does not end: \(self.follower?.work ?? [])") }
    }

    func begin(_ instanceID: String, port: Int) throws -> FollowedEndpoint {
        let server = SimulatedAgentctl(instanceID: instanceID, port: port, world: self, repositories: self.disk)
        for repository in self.disk { repository.isTelling = false }
        self.server = server
        self.note("the server \(instanceID) begins at port \(port)")
        if self.draw(3) != 0 { server.startShell() }
        return FollowedEndpoint(try RuntimeEndpoint("ws://127.0.0.1:\(port)", instanceID: instanceID))
    }

    // MARK: The consumer

    private func consume() async {
        var position: FollowerPosition?
        repeat {
            let follower = self.makeFollower(position)
            self.follower = follower
            follower.start()
            await self.take(from: follower)
            position = self.reread(follower.position)
            _ = await follower.close()
            if !follower.work.isEmpty { self.violate("after a close the follower does \(follower.work)") }
            self.note("the follower has ended")
            if !self.isFinished { try? await self.sleep(self.pick([1, 3000])) }
        } while !self.isFinished
    }

    private func take(from follower: WorkspaceFollower) async {
        do {
            for try await element in follower.elements {
                self.log.append(TakenElement(element: element, time: self.executor.now))
                self.note("took \(self.log.count - 1): \(TakenElement.text(element))")
                if self.draw(32) == 0, follower.snapshot.elements < 1 { self.violate("the snapshot is older") }
                if self.handsOver {
                    self.handsOver = false
                    self.note("hands over")
                    break
                }
                try await self.rest()
            }
        } catch { self.violate("the elements throw \(error)") }
    }

    private func rest() async throws {
        guard !self.isCalm else { return }
        if self.stopsTaking {
            self.stopsTaking = false
            try await self.sleep(self.pick([500, 8000, 30_000]))
        } else if self.restsOften, self.draw(8) == 0 {
            try await self.sleep(self.pick([5, 100]))
        }
    }

    private func makeFollower(_ position: FollowerPosition?) -> WorkspaceFollower {
        WorkspaceFollower(
            of: ClosureEndpointSource {
                guard let named = self.named else { throw AgentRuntimeError(.connectFailed, "no runtime") }
                return named
            },
            configuration: self.configuration,
            from: position,
            environment: FollowerEnvironment(
                connect: { endpoint in
                    SimulatedRuntime(world: self, endpoint: endpoint, port: Int(endpoint.endpoint.baseURL.port))
                },
                timers: self.timers,
                now: { self.executor.now },
                wall: { self.wall },
                random: { Double(self.draw(1000)) / 999 },
                executor: self.executor
            )
        )
    }

    /// A position is kept as JSON, and read again.
    private func reread(_ position: FollowerPosition) -> FollowerPosition? {
        do {
            let read = try JSONDecoder().decode(FollowerPosition.self, from: JSONEncoder().encode(position))
            if read != position { self.violate("a position differs after it was kept") }
            return read
        } catch {
            self.violate("a position can't be kept: \(error)")
            return nil
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000 }
}
